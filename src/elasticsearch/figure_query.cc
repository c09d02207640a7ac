// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/figure_query.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

// Values that a shard hands over: where it has no more, the figures are exact.
constexpr size_t kShardSize = 3000;
constexpr size_t kPairsFrom = 200;
constexpr size_t kPairsTo = 50;
constexpr int kDistinctExactly = 3000;

json Bytes() { return {{"bytes", {{"sum", {{"field", "layers.frame.frame_frame_len"}}}}}}; }

json SearchBox(const std::string& query) { return {{"query_string", {{"query", query}}}}; }

std::string Dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

json Narrowed(const std::string& query, const std::string& filter) {
  json filters = json::array({json::parse(query)});
  if (!filter.empty()) filters.push_back(SearchBox(filter));
  return {{"bool", {{"filter", std::move(filters)}}}};
}

json Body(const std::string& query, const std::string& filter, json aggregations) {
  return {{"size", 0},
          {"track_total_hits", false},
          {"query", Narrowed(query, filter)},
          {"aggs", std::move(aggregations)}};
}

json Counts(const std::vector<std::string>& queries) {
  json filters = json::object();
  for (size_t i = 0; i < queries.size(); ++i) filters[std::to_string(i)] = SearchBox(queries[i]);
  return {{"filters", {{"filters", std::move(filters)}}}, {"aggs", Bytes()}};
}

}  // namespace

std::string WithinTime(const std::string& query, int64_t first_ms, int64_t last_ms) {
  const json range = {
      {"range",
       {{"timestamp", {{"gte", first_ms}, {"lte", last_ms}, {"format", "epoch_millis"}}}}}};
  return Dump({{"bool", {{"filter", json::array({json::parse(query), range})}}}});
}

std::string TotalsBody(const std::string& query) {
  json aggregations = Bytes();
  aggregations["first"] = {{"min", {{"field", "timestamp"}}}};
  aggregations["last"] = {{"max", {{"field", "timestamp"}}}};
  json body = Body(query, "", std::move(aggregations));
  body["track_total_hits"] = true;
  return Dump(body);
}

std::string TermsBody(const std::string& query, const TermsRequest& request) {
  json terms = {
      {"field", request.field}, {"size", request.size}, {"shard_size", kShardSize + request.size}};
  if (request.by_bytes) terms["order"] = {{"bytes", "desc"}};
  const json aggregations = {
      {"terms", {{"terms", std::move(terms)}, {"aggs", Bytes()}}},
      {"distinct",
       {{"cardinality", {{"field", request.field}, {"precision_threshold", kDistinctExactly}}}}}};
  return Dump(Body(query, request.filter, aggregations));
}

std::string PairsBody(const std::string& query, const std::string& from, const std::string& to) {
  const auto terms = [](const std::string& field, size_t size) {
    return json{
        {"field", field}, {"size", size}, {"shard_size", 2 * size}, {"order", {{"bytes", "desc"}}}};
  };
  json to_aggregations = Bytes();
  to_aggregations["to"] = {{"terms", terms(to, kPairsTo)}, {"aggs", Bytes()}};
  const json aggregations = {
      {"from", {{"terms", terms(from, kPairsFrom)}, {"aggs", std::move(to_aggregations)}}}};
  return Dump(Body(query, "", aggregations));
}

std::string CountsBody(const std::string& query, const std::vector<std::string>& queries) {
  return Dump(Body(query, "", {{"counts", Counts(queries)}}));
}

std::string HistogramBody(const std::string& query, const std::vector<std::string>& queries,
                          uint64_t bucket_ms) {
  json below = Bytes();
  if (!queries.empty()) below["counts"] = Counts(queries);
  const json time = {{"date_histogram",
                      {{"field", "timestamp"},
                       {"fixed_interval", fmt::format("{}ms", bucket_ms)},
                       {"min_doc_count", 0}}},
                     {"aggs", std::move(below)}};
  return Dump(Body(query, "", {{"time", time}}));
}

std::string RunsBody(const std::vector<std::string>& runs, size_t size) {
  return Dump({{"size", size},
               {"query", {{"terms", {{"run", runs}}}}},
               {"sort", json::array({{{"started", "desc"}}})},
               {"_source",
                {"run", "sensor", "state", "started", "ended", "exit_status", "lost",
                 "ledger.captured", "ledger.indexed", "sensors.lost"}}});
}

}  // namespace espcap::elasticsearch
