// SPDX-License-Identifier: GPL-2.0-or-later
#include "deliver/elasticsearch.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "deliver/json_answer.h"

namespace espcap::deliver {
namespace {

using nlohmann::json;

constexpr size_t kShownBytes = 200;

// Its beginning in one line, cut between characters.
std::string Excerpt(const std::string& body) {
  size_t length = std::min(body.size(), kShownBytes);
  const auto is_continuation = [&body](size_t at) {
    return at < body.size() && (static_cast<unsigned char>(body[at]) & 0xC0U) == 0x80U;
  };
  while (length > 0 && is_continuation(length)) --length;
  std::string text = body.substr(0, length);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return body.size() > length ? text + "…" : text;
}

Result<Connection> ConnectTo(const NodeUrl& node) {
  auto client = std::make_unique<HttpClient>(node);
  auto response = client->Perform({"GET", "/", {}, {}});
  if (!response) return Forward(std::move(response));
  if (response->status == 401 || response->status == 403) {
    return Fail("{}: the server wants other credentials ({})", node.base, ReasonOf(*response));
  }
  if (response->status != 200) {
    return Fail("{}: no Elasticsearch: GET / answered {} ({})", node.base, response->status,
                ReasonOf(*response));
  }
  auto identity = ParseServerIdentity(response->body);
  if (!identity) return Fail("{}: {}", node.base, identity.error().message);
  return Connection{std::move(client), std::move(*identity)};
}

}  // namespace

Result<ServerIdentity> ParseServerIdentity(const std::string& body) {
  const json answer = json::parse(body, nullptr, false);
  const auto refuse = [&body] {
    return Fail("no Elasticsearch: GET / answered '{}'", Excerpt(body));
  };
  if (!answer.is_object() || !answer.contains("version")) return refuse();
  const json& version = answer["version"];
  if (!version.is_object() || !version.contains("number") || !version["number"].is_string()) {
    return refuse();
  }
  const bool is_opensearch = TextOf(version, "distribution") == "opensearch";
  return ServerIdentity{is_opensearch ? "OpenSearch" : "Elasticsearch",
                        version["number"].get<std::string>()};
}

Result<Connection> Connect(const std::vector<NodeUrl>& nodes) {
  std::string reasons;
  for (const NodeUrl& node : nodes) {
    auto connection = ConnectTo(node);
    if (connection) return connection;
    reasons += (reasons.empty() ? "" : "; ") + connection.error().message;
  }
  return Fail("connect: {}", reasons);
}

Result<TemplateOutcome> EnsureTemplate(HttpClient& client,
                                       const schema::IndexTemplate& index_template) {
  std::string sample = index_template.index_pattern;
  std::replace(sample.begin(), sample.end(), '*', '0');
  // Which template would an index of this name get? Only a server without one answers without
  // settings or mappings of its own (simulate index API).
  auto simulated = client.Perform(
      {"POST", "/_index_template/_simulate_index/" + PercentEncoded(sample), {}, {}});
  if (!simulated) return Forward(std::move(simulated));
  if (simulated->status == 200) {
    const json answer = json::parse(simulated->body, nullptr, false);
    if (answer.is_object() && answer.contains("template")) return TemplateOutcome::kAlreadyThere;
  }
  auto put = client.Perform({"PUT", "/_index_template/" + PercentEncoded(index_template.name),
                             index_template.body, "application/json"});
  if (!put) return Forward(std::move(put));
  if (put->status != 200) {
    return Fail("install the index template {}: {} ({})", index_template.name, put->status,
                ReasonOf(*put));
  }
  return TemplateOutcome::kInstalled;
}

std::string ReasonOf(const HttpResponse& response) {
  const json answer = json::parse(response.body, nullptr, false);
  if (answer.is_object() && answer.contains("error")) {
    const json& error = answer["error"];
    if (error.is_string()) return error.get<std::string>();
    if (error.is_object()) {
      return DescribeError(error);
    }
  }
  return response.body.empty() ? "no explanation" : Excerpt(response.body);
}

}  // namespace espcap::deliver
