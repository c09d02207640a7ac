# SPDX-License-Identifier: GPL-2.0-or-later
# From 4.4 on, libwireshark looks for its data (names of manufacturers, attributes of RADIUS and Diameter) and its plugins
# in ../share and ../lib of the folder `bin` that the program lies in. The build tree has these, too: what is built
# behaves as what is installed.
pkg_get_variable(wireshark_prefix wireshark prefix)
pkg_get_variable(wireshark_libdir wireshark libdir)
file(RELATIVE_PATH wireshark_lib "${wireshark_prefix}" "${wireshark_libdir}")
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/share" "${CMAKE_BINARY_DIR}/${wireshark_lib}")
file(CREATE_LINK "${wireshark_prefix}/share/wireshark" "${CMAKE_BINARY_DIR}/share/wireshark" SYMBOLIC)
file(CREATE_LINK "${wireshark_libdir}/wireshark" "${CMAKE_BINARY_DIR}/${wireshark_lib}/wireshark" SYMBOLIC)

# The program is bin/TARGET, and there is a link to it in the build folder.
function(espcap_build_in_bin target)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  add_custom_command(TARGET ${target} POST_BUILD
                     COMMAND "${CMAKE_COMMAND}" -E create_symlink bin/${target} "${CMAKE_BINARY_DIR}/${target}")
endfunction()
