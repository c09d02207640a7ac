// SPDX-License-Identifier: GPL-2.0-or-later
//
// A report as one page that needs nothing else: charts, tables, and how to find each row's packets.
#ifndef ESPCAP_REPORT_PAGE_H_
#define ESPCAP_REPORT_PAGE_H_

#include <string>
#include <string_view>

#include "report/report.h"

namespace espcap::report {

// The report is in the page as JSON. Its script shows it as text, and nothing but that script and
// the library of charts may run there: the page's policy has their hashes.
std::string PageOf(const Report& report);

// "sha256-…", as a Content-Security-Policy names a script or style.
std::string PolicyHash(std::string_view content);

// What the page is made of, as built in.
struct PageAssets {
  std::string_view charts;  // Chart.js
  std::string_view script;
  std::string_view style;
};
PageAssets BuiltInAssets();

}  // namespace espcap::report

#endif  // ESPCAP_REPORT_PAGE_H_
