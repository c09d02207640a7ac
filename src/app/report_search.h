// SPDX-License-Identifier: GPL-2.0-or-later
//
// Asks a server for all that a report has. It waits for each answer.
#ifndef ESPCAP_APP_REPORT_SEARCH_H_
#define ESPCAP_APP_REPORT_SEARCH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/server_query.h"
#include "elasticsearch/figure_answer.h"
#include "espcap/result.h"
#include "report/lists.h"
#include "report/report.h"

namespace espcap::app {

struct FoundReport {
  report::Report report;
  uint64_t packets = 0;
};

class ReportSearch {
 public:
  // The server is borrowed. `query`: elasticsearch::QueryOf().
  ReportSearch(const QueriedServer& server, report::Search search, std::string query)
      : server_(server), search_(std::move(search)), query_(std::move(query)) {}

  // An error: the server doesn't answer, or refuses the search itself. A section that it refuses
  // says so.
  Result<FoundReport> Run();

 private:
  // What the server answers, or the reason why it refuses this body.
  struct Answer {
    std::string body;
    std::string refusal;
  };
  Result<Answer> Ask(const std::string& index, const std::string& body);

  Result<void> AddTraffic(const elasticsearch::Totals& totals);
  Result<void> AddLists(const std::vector<report::List>& lists);
  Result<report::Section> MakeList(const report::List& list);
  Result<report::Section> MakeConversations();
  Result<report::Section> MakeRuns();

  const QueriedServer& server_;
  report::Search search_;
  std::string query_;
  report::Report report_;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_REPORT_SEARCH_H_
