# SPDX-License-Identifier: GPL-2.0-or-later
# What most files include is parsed once for all of them: a third of the time of a build. Each file still includes what
# it needs: packages, and clang-tidy, do without this. So does -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON.
set(espcap_common_headers
    <algorithm> <array> <chrono> <filesystem> <functional> <map> <memory> <optional> <span> <string> <string_view>
    <system_error> <vector> <fmt/format.h> <tl/expected.hpp>)

# gcc 12 doubts std::string's own moves where their header is precompiled, or where it inlines them only in part.
set(espcap_false_alarms -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)

if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
  # A compiler cache (ccache) looks through them so.
  target_compile_options(espcap_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  # Targets that share them need the same flags, and some libraries ask for this one.
  target_compile_options(espcap_options INTERFACE -pthread)
  file(CONFIGURE OUTPUT precompiled.cc CONTENT "")
  add_library(espcap_precompiled STATIC ${CMAKE_CURRENT_BINARY_DIR}/precompiled.cc)
  target_link_libraries(espcap_precompiled PRIVATE espcap_options fmt::fmt)
  target_precompile_headers(espcap_precompiled PRIVATE ${espcap_common_headers})
endif()

# espcap_reuse_precompiled(TARGET)
function(espcap_reuse_precompiled name)
  if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_precompile_headers(${name} REUSE_FROM espcap_precompiled)
    # `./dev matrix RELEASE build` asks for these, without precompiled headers.
    target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:${espcap_false_alarms}>)
  endif()
endfunction()
