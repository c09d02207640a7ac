// SPDX-License-Identifier: GPL-2.0-or-later
//
// Texts of strangers, put where they mean nothing but themselves: into a query, a command line, a
// page. Pure functions.
//
// What can't be seen, or changes how its neighbours are seen, is written as its number everywhere:
// control characters, ends of lines, changes of direction, and what has no width.
#ifndef ESPCAP_REPORT_QUOTING_H_
#define ESPCAP_REPORT_QUOTING_H_

#include <string>
#include <string_view>

#include "report/report.h"

namespace espcap::report {

// Nothing in it is written as its number; and it is UTF-8.
bool IsVisible(std::string_view text);

// For people: \x0a, \u202e.
std::string VisibleText(std::string_view text);

// For Lucene: a phrase with its quotation marks, which matches exactly this. Only visible
// characters.
std::string LucenePhrase(std::string_view text);
// A part of a word next to which there may be a '*'.
std::string LuceneWord(std::string_view text);

// A word for a POSIX shell. REQUIRES: it has no NUL.
std::string ShellWord(std::string_view text);

// JSON for a <script> element: nothing in it ends the element, or begins another one.
std::string ScriptJson(std::string_view json);

// The command that writes the packets which both the search and `row_query` find. It has only
// visible characters, in one line.
std::string PacketsCommand(const Search& search, std::string_view row_query);

// That query, for a search box; where the search is JSON, `row_query` alone.
std::string RowQuery(const Search& search, std::string_view row_query);

}  // namespace espcap::report

#endif  // ESPCAP_REPORT_QUOTING_H_
