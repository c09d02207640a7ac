// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/query_command.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "app/built_in_queries.h"
#include "app/server_query.h"
#include "app/standard_output.h"
#include "base/nearest_name.h"
#include "elasticsearch/search_table.h"

namespace espcap::app {
namespace {

namespace fs = std::filesystem;

// In this order, like the configuration's; then those that are built in.
constexpr std::array<std::string_view, 3> kQueryFolders = {"config/queries", "../config/queries",
                                                           "/etc/espcap/queries"};

std::vector<std::string> KnownQueries() {
  std::vector<std::string> names;
  for (const BuiltInQuery& query : BuiltInQueries()) names.emplace_back(query.name);
  for (const fs::path folder : kQueryFolders) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::optional<fs::path> FindFile(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  for (const fs::path folder : kQueryFolders) {
    std::error_code ignored;
    if (fs::path path = folder / (name + ".json"); fs::is_regular_file(path, ignored)) return path;
  }
  return std::nullopt;
}

Result<std::string> ReadQuery(const std::string& name) {
  const auto path = FindFile(name);
  if (!path) {
    for (const BuiltInQuery& query : BuiltInQueries()) {
      if (query.name == name) return std::string(query.body);
    }
    return Fail("query {}: not in {}, nor built in{}; without a name they are listed", name,
                fmt::join(kQueryFolders, ", "), base::DidYouMean(name, KnownQueries()));
  }
  auto text = ReadQueryFile(path->string());
  if (!text) return Fail("query {}: {}", name, text.error().message);
  return text;
}

// Without its quotes.
std::string JsonText(const std::string& value) {
  const std::string quoted =
      nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

Result<std::string> Search(const cli::QuerySettings& settings, const std::string& body) {
  const auto server = FindServer(settings);
  if (!server) return tl::unexpected(server.error());
  auto answer = server->client->Perform(
      server->node,
      {.method = "POST",
       .path = "/" + http::PercentEncoded(settings.index) + "/_search?ignore_unavailable=true",
       .body = body,
       .max_response_bytes = elasticsearch::kMaxSearchAnswerBytes});
  if (!answer) return Forward(std::move(answer));
  if (answer->status == 200) return std::move(answer->body);
  return Fail("query {}: {} answered {} ({})", settings.name, server->node.base, answer->status,
              elasticsearch::ReasonOf(*answer));
}

}  // namespace

Result<std::string> FillIn(std::string query, const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos) return Fail("--set {}: write name=value", setting);
    const std::string place = "${" + setting.substr(0, equals) + "}";
    const std::string value = JsonText(setting.substr(equals + 1));
    size_t at = query.find(place);
    if (at == std::string::npos) return Fail("--set {}: the query has no {}", setting, place);
    for (; at != std::string::npos; at = query.find(place, at + value.size())) {
      query.replace(at, place.size(), value);
    }
  }
  if (const size_t open = query.find("${"); open != std::string::npos) {
    const std::string name = query.substr(open + 2, query.find('}', open) - open - 2);
    return Fail("the query wants a value: --set {}=…", name);
  }
  return query;
}

Result<void> RunQueryCommand(const cli::QuerySettings& settings, telemetry::Log& log) {
  if (settings.name.empty()) {
    log.Info(fmt::format("queries in {}, and those built in", fmt::join(kQueryFolders, ", ")));
    std::string names;
    for (const std::string& name : KnownQueries()) names += name + '\n';
    return PrintText(names);
  }
  if (settings.nodes.empty()) return Fail("query {}: which server? --node says it", settings.name);
  const auto query = ReadQuery(settings.name);
  if (!query) return tl::unexpected(query.error());
  const auto body = FillIn(*query, settings.values);
  if (!body) return tl::unexpected(body.error());
  const auto answer = Search(settings, *body);
  if (!answer) return tl::unexpected(answer.error());
  const auto table = elasticsearch::TableOf(*body, *answer);
  if (!table) return Fail("query {}: {}", settings.name, table.error().message);
  return PrintText(elasticsearch::FormatTable(*table));
}

}  // namespace espcap::app
