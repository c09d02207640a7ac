// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/server_query.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "app/credentials.h"
#include "app/server_connection.h"

namespace espcap::app {
namespace {

constexpr std::chrono::seconds kQuestionTimeout{120};

}  // namespace

Result<std::string> ReadQueryFile(const std::string& path) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (text.empty()) return Fail("{} can't be read", path);
  return text;
}

Result<SearchQuery> ReadSearchQuery(const cli::SearchSettings& settings) {
  elasticsearch::HitRequest request{settings.query, false, settings.since, settings.until};
  SearchQuery query;
  if (settings.query.starts_with('@')) {
    auto text = ReadQueryFile(settings.query.substr(1));
    if (!text) return Forward(std::move(text));
    request.query = std::move(*text);
    request.is_json = true;
    auto base = elasticsearch::QueryOf({request.query, true, {}, {}});
    if (!base) return Fail("{}: {}", settings.query, base.error().message);
    query.base = std::move(*base);
  }
  auto json = elasticsearch::QueryOf(request);
  if (!json) return Fail("{}: {}", settings.query, json.error().message);
  query.json = std::move(*json);
  query.request = std::move(request);
  return query;
}

Result<QueriedServer> FindServer(const cli::ServerSettings& settings) {
  auto nodes = ParseNodes(settings.nodes);
  if (!nodes) return Forward(std::move(nodes));
  auto security = SecurityOf(settings);
  if (!security) return Forward(std::move(security));
  auto made = http::BlockingClient::Create(kQuestionTimeout, std::move(*security));
  if (!made) return Forward(std::move(made));
  std::unique_ptr<http::BlockingClient> client = std::move(*made);
  std::string reasons;
  for (http::NodeUrl& node : *nodes) {
    const auto answer = client->Perform(node, {"GET", "/", {}, {}});
    auto identity = answer ? elasticsearch::IdentifyServer(*answer)
                           : Result<elasticsearch::ServerIdentity>(tl::unexpected(answer.error()));
    if (identity) return QueriedServer{std::move(client), std::move(node), std::move(*identity)};
    reasons += (reasons.empty() ? "" : "; ") +
               (answer ? node.base + ": " + identity.error().message : identity.error().message);
  }
  return Fail("connect: {}", reasons);
}

}  // namespace espcap::app
