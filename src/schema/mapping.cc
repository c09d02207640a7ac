// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/mapping.h"

#include <map>
#include <set>
#include <string>

#include "schema/curated_fields.h"
#include "schema/layer_places.h"

namespace espcap::schema {
namespace {

using nlohmann::json;

// Lucene refuses terms of more than 32,766 bytes, and four are the most that a character takes.
constexpr int kLongestKeyword = 8191;
// Of bytes, as three characters each: ids and hashes, not payloads.
constexpr int kLongestBytes = 1024;

constexpr std::string_view kFindings = "_ws_expert";
constexpr std::string_view kProtocols = "frame.protocols";
constexpr const char* kText = "_text";

json Keyword() { return {{"type", "keyword"}, {"ignore_above", kLongestKeyword}}; }

constexpr int kLongestRest = 1024;
// Fields of a layer. Servers hold every field of a mapping in memory, whether it occurs or not, and
// radius, for one, has 11,000 of all vendors.
constexpr size_t kLargestRest = 1000;
// Deeper than any document is.
constexpr int kDeepestRest = 500;

json RestKeyword() { return {{"type", "keyword"}, {"ignore_above", kLongestRest}}; }

json Flattened(Dialect dialect) {
  if (dialect == Dialect::kOpenSearch) return {{"type", "flat_object"}};
  return {{"type", "flattened"}, {"depth_limit", kDeepestRest}, {"ignore_above", kLongestRest}};
}

void LeaveIndexOut(json& mapping) {
  mapping["index"] = false;
  if (!mapping.contains("fields")) return;
  for (json& field : mapping["fields"]) field["index"] = false;
}

// A place that only hands its values on.
json CopyTo(const std::string& path) {
  json mapping = Keyword();
  mapping["index"] = false;
  mapping["doc_values"] = false;
  mapping["copy_to"] = path;
  return mapping;
}

}  // namespace

json MappingOf(FieldType type) {
  json mapping = {{"type", ServerTypeName(type)}};
  switch (type) {
    case FieldType::kPresence:
      mapping["null_value"] = true;
      break;
    case FieldType::kUnsigned:
      // The double rounds from 2^53 on.
      mapping["fields"]["exact"] = Keyword();
      break;
    case FieldType::kDate:
      // Milliseconds of any year, and nanoseconds of those from 1970 to 2262.
      mapping["fields"]["nanos"] = {{"type", "date_nanos"}};
      break;
    case FieldType::kKeyword:
      mapping["ignore_above"] = kLongestKeyword;
      break;
    case FieldType::kBytes:
      mapping["ignore_above"] = kLongestBytes;
      break;
    default:
      break;
  }
  return mapping;
}

json& PropertyAt(json& properties, std::string_view path) {
  json* at = &properties;
  for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    at = &(*at)[std::string(path.substr(0, dot))]["properties"];
    path.remove_prefix(dot + 1);
  }
  return (*at)[std::string(path)];
}

json LayerProperties(const std::vector<Field>& fields, bool value_strings) {
  std::set<std::string> layers;
  for (const Field& field : fields) layers.insert(field.layer);
  const std::vector<std::string> findings = PlacesOfFindings({layers.begin(), layers.end()});

  json properties = json::object();
  for (const Field& field : fields) {
    if (field.type == FieldType::kObject || field.type == FieldType::kMixed) continue;
    json& mapping = PropertyAt(properties, field.layer + "." + field.key);
    mapping = MappingOf(field.type);
    if (IsSearchedByColumn(field.name)) LeaveIndexOut(mapping);
    // "eth:ethertype:ip:tcp": for single words of it, as Espcap's template had it.
    if (field.name == kProtocols) {
      mapping["fields"]["words"] = {{"type", "text"}, {"analyzer", "simple"}};
    }
    const bool has_text = field.companion == Companion::kText ||
                          (field.companion == Companion::kName && value_strings);
    if (has_text) PropertyAt(properties, field.layer + "." + field.key + kText) = Keyword();
    for (const std::string& place : field.layer == kFindings ? findings : OtherPlacesOf(field)) {
      const std::string there = place.empty() ? field.key : place + "." + field.key;
      PropertyAt(properties, there) = CopyTo(PathOf(field));
      if (has_text) PropertyAt(properties, there + kText) = CopyTo(PathOf(field) + kText);
    }
  }
  return properties;
}

void AddRest(json& properties, const std::vector<Field>& rest, Dialect dialect) {
  std::map<std::string, size_t> sizes;
  for (const Field& field : rest) ++sizes[field.layer];
  for (const Field& field : rest) {
    if (field.type == FieldType::kObject) {
      if (!properties.contains(field.key)) properties[field.key] = Flattened(dialect);
      continue;
    }
    // Null leaves no keyword, and a layer that is one field already has the rest in it.
    if (field.type == FieldType::kPresence || field.type == FieldType::kMixed) continue;
    if (sizes[field.layer] > kLargestRest) continue;
    const auto layer = properties.find(field.layer);
    if (layer == properties.end() || !layer->contains("properties")) continue;
    json& in_layer = (*layer)["properties"];
    if (!in_layer.contains(field.key)) in_layer[field.key] = RestKeyword();
  }
}

size_t CountFields(const json& properties) {
  size_t count = 0;
  for (const json& property : properties) {
    ++count;
    for (const char* below : {"properties", "fields"}) {
      if (property.contains(below)) count += CountFields(property[below]);
    }
  }
  return count;
}

}  // namespace espcap::schema
