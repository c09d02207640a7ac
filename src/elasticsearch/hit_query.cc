// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/hit_query.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/bounded_json.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

constexpr size_t kMaxQueryBytes = size_t{1} << 20U;

json Exists(const char* field) { return {{"exists", {{"field", field}}}}; }

json NamesPlace() {
  return {
      {"bool", {{"should", json::array({Exists("espcap.file"), Exists("espcap.kafka.topic")})}}}};
}

std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// A search's whole body, or its query alone.
Result<json> ParseQuery(const std::string& text) {
  const base::JsonBounds bounds{.bytes = kMaxQueryBytes};
  if (auto checked = base::CheckJson(text, bounds); !checked) {
    return Fail("the query is {}", checked.error().message);
  }
  json query = json::parse(text, nullptr, false);
  if (query.is_object() && query.contains("query")) query = json(query["query"]);
  if (!query.is_object()) return Fail("the query is no JSON object");
  return query;
}

json SortBy(HitOrder order) {
  const auto by = [](const char* type) { return json{{"order", "asc"}, {"unmapped_type", type}}; };
  if (order == HitOrder::kIndex) return json::array({"_shard_doc"});
  return {{{"espcap.file", by("keyword")}},      {{"espcap.frame", by("long")}},
          {{"timestamp", by("date")}},           {{"espcap.kafka.partition", by("long")}},
          {{"espcap.kafka.offset", by("long")}}, {{"espcap.kafka.index", by("long")}}};
}

}  // namespace

Result<std::string> QueryOf(const HitRequest& request) {
  json filter = json::array();
  if (request.is_json) {
    auto query = ParseQuery(request.query);
    if (!query) return Forward(std::move(query));
    filter.push_back(std::move(*query));
  } else {
    filter.push_back({{"query_string", {{"query", request.query}}}});
  }
  json time = json::object();
  if (!request.since.empty()) time["gte"] = request.since;
  if (!request.until.empty()) time["lt"] = request.until;
  if (!time.empty()) {
    time["format"] = "strict_date_optional_time||epoch_millis";
    filter.push_back({{"range", {{"timestamp", std::move(time)}}}});
  }
  return Dump({{"bool", {{"filter", std::move(filter)}}}});
}

std::string PageBody(const std::string& query, HitOrder order, size_t page,
                     const std::string& pit_id, const std::string& search_after) {
  json body = {{"size", page},
               {"track_total_hits", false},
               {"_source",
                {"espcap.file", "espcap.frame", "espcap.offset", "espcap.digest", "espcap.run",
                 "espcap.kafka", "@timestamp"}},
               {"query", {{"bool", {{"filter", {json::parse(query), NamesPlace()}}}}}},
               {"sort", SortBy(order)}};
  if (!pit_id.empty()) body["pit"] = {{"id", pit_id}, {"keep_alive", "5m"}};
  if (!search_after.empty()) body["search_after"] = json::parse(search_after);
  return Dump(body);
}

std::string NamelessBody(const std::string& query) {
  return Dump({{"query",
                {{"bool",
                  {{"filter", json::array({json::parse(query)})},
                   {"must_not", json::array({NamesPlace()})}}}}}});
}

}  // namespace espcap::elasticsearch
