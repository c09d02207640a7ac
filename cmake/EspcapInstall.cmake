# SPDX-License-Identifier: GPL-2.0-or-later
# What is installed, and where.
include(GNUInstallDirs)
set(ESPCAP_SYSTEMD_UNIT_DIR lib/systemd/system CACHE STRING "Folder of systemd's units")
set(ESPCAP_ZSH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Folder of zsh's completions")

set(units "")
foreach(unit IN ITEMS espcap@.service espcap-watch@.service)
  configure_file(config/systemd/${unit}.in ${PROJECT_BINARY_DIR}/systemd/${unit} @ONLY)
  list(APPEND units ${PROJECT_BINARY_DIR}/systemd/${unit})
endforeach()

install(TARGETS espcap RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${units} DESTINATION ${ESPCAP_SYSTEMD_UNIT_DIR})
install(FILES config/systemd/espcap.sysusers DESTINATION lib/sysusers.d RENAME espcap.conf)
install(FILES config/systemd/espcap.tmpfiles DESTINATION lib/tmpfiles.d RENAME espcap.conf)
install(FILES ${reference_dir}/espcap.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${reference_dir}/espcap.yml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${reference_dir}/espcap.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME espcap)
install(FILES ${reference_dir}/_espcap DESTINATION ${ESPCAP_ZSH_COMPLETION_DIR})
install(FILES ${reference_dir}/espcap.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md CONTRIBUTING.md SECURITY.md COPYING
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md PATTERN *.png)
install(FILES config/README.md config/espcap.yml config/ilm-packets.json config/ism-packets.json
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(DIRECTORY config/queries DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
