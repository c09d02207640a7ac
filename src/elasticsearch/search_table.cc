// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/search_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/bounded_json.h"
#include "base/printable.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

using Row = std::vector<std::string>;

std::string TextOf(const json& value) {
  if (value.is_string()) return base::Printable(value.get<std::string>());
  if (value.is_array()) {
    std::string text;
    for (const json& item : value) text += (text.empty() ? "" : ",") + TextOf(item);
    return text;
  }
  // Sums are fractions to a server, whatever they are sums of.
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (number == std::floor(number) && std::abs(number) < 1e15) {
      return fmt::format("{:.0f}", number);
    }
  }
  return value.is_null() ? "" : value.dump();
}

// The aggregations of a level, by their order in the request: one with buckets, and figures.
// NOLINTNEXTLINE(bugprone-exception-escape): the library says that moving its values throws nothing
struct Level {
  std::string buckets;
  std::vector<std::string> figures;
  ordered_json below;  // the aggregations in each bucket
};

const ordered_json* AggregationsOf(const ordered_json& body) {
  for (const char* name : {"aggs", "aggregations"}) {
    if (body.contains(name)) return &body[name];
  }
  return nullptr;
}

Level LevelOf(const ordered_json& aggregations) {
  Level level;
  for (const auto& [name, body] : aggregations.items()) {
    if (body.contains("terms") && level.buckets.empty()) {
      level.buckets = name;
      if (const ordered_json* below = AggregationsOf(body)) level.below = *below;
    } else if (!body.contains("terms")) {
      level.figures.push_back(name);
    }
  }
  return level;
}

void AddColumns(const ordered_json& aggregations, std::vector<std::string>& columns) {
  const Level level = LevelOf(aggregations);
  columns.push_back(level.buckets);
  const Level below = LevelOf(level.below);
  if (!below.buckets.empty()) return AddColumns(level.below, columns);
  columns.emplace_back("packets");
  columns.insert(columns.end(), below.figures.begin(), below.figures.end());
}

void AddRows(const ordered_json& aggregations, const json& found, const Row& path,
             std::vector<Row>& rows) {
  const Level level = LevelOf(aggregations);
  const Level below = LevelOf(level.below);
  if (!found.contains(level.buckets)) return;
  for (const json& bucket : found[level.buckets].value("buckets", json::array())) {
    Row row = path;
    row.push_back(TextOf(bucket.contains("key_as_string") ? bucket["key_as_string"]
                                                          : bucket.value("key", json())));
    if (!below.buckets.empty()) {
      AddRows(level.below, bucket, row, rows);
      continue;
    }
    row.push_back(TextOf(bucket.value("doc_count", json())));
    for (const std::string& figure : below.figures) {
      row.push_back(TextOf(bucket.value(figure, json::object()).value("value", json())));
    }
    rows.push_back(std::move(row));
  }
}

// "layers.ip.ip_ip_src" → "ip_ip_src".
std::string ShortName(const std::string& path) { return path.substr(path.rfind('.') + 1); }

SearchTable TableOfDocuments(const ordered_json& request, const json& answer) {
  std::vector<std::string> paths;
  for (const ordered_json& field : request.value("docvalue_fields", ordered_json::array())) {
    paths.push_back(field.is_object() ? field.value("field", "") : field.get<std::string>());
  }
  SearchTable table;
  for (const std::string& path : paths) table.columns.push_back(ShortName(path));
  const json hits = answer.value("hits", json::object()).value("hits", json::array());
  for (const json& hit : hits) {
    Row row;
    for (const std::string& path : paths) {
      row.push_back(TextOf(hit.value("fields", json::object()).value(path, json())));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

constexpr base::JsonBounds kTreeBounds = base::DocumentTreeBounds(kMaxSearchAnswerBytes);

Result<SearchTable> TableOfTrees(const ordered_json& asked, const json& found) {
  if (!asked.is_object()) return Fail("the query is no JSON object");
  if (!found.is_object()) return Fail("the answer isn't understood");
  const ordered_json* aggregations = AggregationsOf(asked);
  if (aggregations == nullptr) return TableOfDocuments(asked, found);
  if (LevelOf(*aggregations).buckets.empty()) {
    return Fail("the query's aggregations have no terms to make a table of");
  }
  SearchTable table;
  AddColumns(*aggregations, table.columns);
  AddRows(*aggregations, found.value("aggregations", json::object()), {}, table.rows);
  return table;
}

}  // namespace

Result<SearchTable> TableOf(const std::string& request, const std::string& answer) {
  if (auto checked = base::CheckJson(request, kTreeBounds); !checked) {
    return Fail("the query is {}", checked.error().message);
  }
  if (auto checked = base::CheckJson(answer, kTreeBounds); !checked) {
    return Fail("the answer is {}", checked.error().message);
  }
  try {
    return TableOfTrees(ordered_json::parse(request), json::parse(answer));
  } catch (const json::exception&) {  // a member is of another kind than it should be
    return Fail("the answer isn't understood");
  }
}

std::string FormatTable(const SearchTable& table) {
  std::vector<size_t> widths;
  widths.reserve(table.columns.size());
  for (const std::string& column : table.columns) widths.push_back(column.size());
  for (const Row& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto line = [&widths](const Row& row) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i) text += fmt::format("{:{}}  ", row[i], widths[i]);
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string text = line(table.columns);
  for (const Row& row : table.rows) text += line(row);
  return text;
}

}  // namespace espcap::elasticsearch
