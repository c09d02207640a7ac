# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages, completions and the documents that come from the table of options are written by a tool of the build.
set(reference_dir ${PROJECT_BINARY_DIR}/reference)
file(MAKE_DIRECTORY ${reference_dir})
set(reference_files "")

# espcap_reference_text(KIND PATH): PATH is within the folder of reference texts.
function(espcap_reference_text kind path)
  set(file ${reference_dir}/${path})
  add_custom_command(
    OUTPUT ${file}
    COMMAND espcap_print_reference ${kind} > ${file}
    DEPENDS espcap_print_reference
    COMMENT "Writing reference/${path}"
    VERBATIM)
  set(reference_files ${reference_files} ${file} PARENT_SCOPE)
endfunction()

espcap_reference_text(man espcap.1)
espcap_reference_text(man-config espcap.yml.5)
espcap_reference_text(bash espcap.bash)
espcap_reference_text(zsh _espcap)
espcap_reference_text(fish espcap.fish)
espcap_reference_text(config espcap.yml)
espcap_reference_text(markdown options.md)
add_custom_target(espcap_reference_texts ALL DEPENDS ${reference_files})
