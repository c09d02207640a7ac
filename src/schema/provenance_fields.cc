// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/provenance_fields.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "schema/mapping.h"

namespace espcap::schema {
namespace {

using nlohmann::json;

json Labels(const LabelMapping& labels) {
  if (labels.type == LabelType::kFlatObject) return {{"type", "flat_object"}};
  if (labels.type == LabelType::kFlattened) return {{"type", "flattened"}};
  json properties = json::object();
  for (const std::string& key : labels.keys) properties[key] = MappingOf(FieldType::kKeyword);
  return {{"type", "object"}, {"dynamic", false}, {"properties", std::move(properties)}};
}

}  // namespace

LabelType LabelTypeOf(Dialect dialect, std::string_view version) {
  if (dialect == Dialect::kElasticsearch) return LabelType::kFlattened;
  unsigned major = 0;
  unsigned minor = 0;
  const char* const end = version.data() + version.size();
  const auto read = std::from_chars(version.data(), end, major);
  if (read.ec != std::errc()) return LabelType::kFlatObject;
  if (read.ptr != end) std::from_chars(read.ptr + 1, end, minor);
  // One that calls itself 7.10 is an OpenSearch 1 or 2.
  const bool lacks_type = major < 2 || (major == 2 && minor < 7) || (major == 7 && minor == 10);
  return lacks_type ? LabelType::kKeywords : LabelType::kFlatObject;
}

// Offset and digest serve a reader of the document: nothing searches for them.
json ProvenanceProperties(const LabelMapping& labels) {
  json properties = json::object();
  for (const char* word : {"espcap.run", "espcap.sensor", "espcap.file", "espcap.tags",
                           "espcap.kafka.topic", "observer.name", "log.file.path", "tags"}) {
    PropertyAt(properties, word) = MappingOf(FieldType::kKeyword);
  }
  for (const char* number :
       {"espcap.frame", "espcap.kafka.partition", "espcap.kafka.offset", "espcap.kafka.index"}) {
    PropertyAt(properties, number) = MappingOf(FieldType::kLong);
  }
  for (const char* path : {"espcap.labels", "labels"}) {
    PropertyAt(properties, path) = Labels(labels);
  }
  return properties;
}

std::string ProvenanceComponentName(const std::string& template_name) {
  return template_name + "-provenance";
}

json TemplateMeta() {
  return {{"description", "packets, as espcap writes them"},
          {"espcap", ESPCAP_VERSION},
          {"template_revision", kTemplateRevision}};
}

std::string ProvenanceComponent(const LabelMapping& labels) {
  const json body = {{"template", {{"mappings", {{"properties", ProvenanceProperties(labels)}}}}},
                     {"_meta", TemplateMeta()}};
  return body.dump();
}

bool HasProvenance(const json& mappings) {
  return mappings.contains(
      json::json_pointer("/properties/espcap/properties/kafka/properties/topic/type"));
}

}  // namespace espcap::schema
