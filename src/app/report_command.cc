// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/report_command.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "app/report_search.h"
#include "app/searched_query.h"
#include "app/server_query.h"
#include "app/standard_output.h"
#include "report/page.h"
#include "report/report.h"
#include "schema/index_pattern.h"

namespace espcap::app {
namespace {

// In the place of the earlier one only when it is whole.
Result<void> WritePage(const std::string& path, const std::string& page) {
  const std::string part = path + ".part";
  const auto failed = [&path, &part](const std::error_code& error) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    return Fail("report: write {}: {}", path, error.message());
  };
  errno = 0;
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  file << page;
  file.close();
  if (!file) return failed({errno == 0 ? EIO : errno, std::generic_category()});
  std::error_code error;
  std::filesystem::rename(part, path, error);
  if (error) return failed(error);
  return {};
}

}  // namespace

Result<void> RunReportCommand(const cli::ReportSettings& settings, telemetry::Log& log) {
  if (settings.nodes.empty()) return Fail("report: which server? --node says it");
  cli::SearchSettings asked = settings;
  if (asked.query.empty()) asked.query.assign(1, '*');
  const auto query = ReadSearchQuery(asked);
  if (!query) return Fail("report: {}", query.error().message);
  auto server = FindServer(settings);
  if (!server) return Forward(std::move(server));
  const std::string index = schema::IndexPattern(settings.index);
  const auto searched = SearchedQuery(*server, index, query->request, log);
  if (!searched) return Fail("report: {}", searched.error().message);
  auto json = elasticsearch::QueryOf(*searched);
  if (!json) return Fail("report: {}", json.error().message);
  const bool has_words = !settings.query.empty() && query->base.empty();
  report::Search search{.node = server->node.base,
                        .index = index,
                        .query = has_words ? searched->query : "",
                        .json = query->base,
                        .since = settings.since,
                        .until = settings.until,
                        .archive_roots = settings.archive_roots};
  const auto found = ReportSearch(*server, std::move(search), std::move(*json)).Run();
  if (!found) return Fail("report: {}", found.error().message);
  const std::string page = report::PageOf(found->report);
  if (settings.output == "-") return PrintText(page);
  if (auto written = WritePage(settings.output, page); !written) return written;
  log.Info(fmt::format("{}: a report on {} packets", settings.output, found->packets));
  return {};
}

}  // namespace espcap::app
