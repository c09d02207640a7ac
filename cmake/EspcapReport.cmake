# SPDX-License-Identifier: GPL-2.0-or-later
# espcap_report_assets(VARIABLE): writes a source file with what the page of `espcap report` is made of, and sets VARIABLE
# to it. Chart.js is Debian's (libjs-chart.js): 3.x, or 4.x in later releases.
find_file(ESPCAP_CHART_JS NAMES chart.umd.min.js chart.umd.js chart.min.js
          PATHS /usr/share/javascript/chart.js REQUIRED NO_DEFAULT_PATH)

function(espcap_report_assets variable)
  set(folder ${PROJECT_SOURCE_DIR}/src/report)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ESPCAP_CHART_JS} ${folder}/page.js
                                         ${folder}/page.css)
  file(READ ${ESPCAP_CHART_JS} ESPCAP_CHARTS)
  file(READ ${folder}/page.js ESPCAP_PAGE_SCRIPT)
  file(READ ${folder}/page.css ESPCAP_PAGE_STYLE)
  # Nothing may be fetched when the page is looked at, and nothing may end its element.
  string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" ESPCAP_CHARTS "${ESPCAP_CHARTS}")
  foreach(text IN ITEMS ESPCAP_CHARTS ESPCAP_PAGE_SCRIPT ESPCAP_PAGE_STYLE)
    string(FIND "${${text}}" "</s" end)
    if(NOT end EQUAL -1)
      message(FATAL_ERROR "${text}: has '</s', which would end its element")
    endif()
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/report_assets.cc)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/report_assets.cc.in ${source} @ONLY)
  set(${variable} ${source} PARENT_SCOPE)
endfunction()
