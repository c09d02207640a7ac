# SPDX-License-Identifier: GPL-2.0-or-later
# Our own code is compiled with these; headers of other projects come in as SYSTEM.
add_library(espcap_options INTERFACE)
target_include_directories(espcap_options INTERFACE ${PROJECT_SOURCE_DIR}/include
                                                    ${PROJECT_SOURCE_DIR}/src)
target_compile_options(espcap_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                $<$<BOOL:${ESPCAP_WERROR}>:-Werror>)
# What is parsed is hostile, and so may be what comes over the network.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()
target_compile_options(espcap_options INTERFACE -fstack-protector-strong)
target_compile_definitions(espcap_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(espcap_options INTERFACE -Wl,-z,relro,-z,now)
if(NOT ESPCAP_SANITIZE)
  # Only where there is optimisation: else the headers warn.
  target_compile_options(
    espcap_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>)
endif()
if(ESPCAP_SANITIZE)
  target_compile_options(espcap_options INTERFACE -fsanitize=${ESPCAP_SANITIZE}
                                                  -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(espcap_options INTERFACE -fsanitize=${ESPCAP_SANITIZE})
endif()

include(EspcapPrecompiled)

# espcap_stage(NAME SOURCES … LINK …): one folder of src/, one static library. What a stage can
# include is what it links: that keeps the data's road one-way.
function(espcap_stage name)
  cmake_parse_arguments(STAGE "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(espcap_${name} STATIC ${STAGE_SOURCES})
  target_link_libraries(espcap_${name} PUBLIC espcap_options ${STAGE_LINK}
                                       PRIVATE ${STAGE_PRIVATE_LINK})
  espcap_reuse_precompiled(espcap_${name})
endfunction()

# espcap_test_options(TARGET): tests are compiled more often than they run, so for speed of compilation.
function(espcap_test_options name)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release,RelWithDebInfo>:-O1;-g1>)
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:${espcap_false_alarms}>)
  target_precompile_headers(${name} PRIVATE <gtest/gtest.h> <fstream> ${espcap_common_headers})
endfunction()
