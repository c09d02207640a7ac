// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/index_template.h"

#include <nlohmann/json.hpp>

#include "schema/ecs_fields.h"
#include "schema/index_pattern.h"
#include "schema/mapping.h"

namespace espcap::schema {
namespace {

using nlohmann::json;

constexpr size_t kDefaultMostFields = 1000;  // what a server allows by itself

const char* TimeField(const TemplateRequest& request) {
  return request.data_stream ? "@timestamp" : "timestamp";
}

json Settings(const TemplateRequest& request) {
  return {{"index",
           {{"codec", "best_compression"},
            {"refresh_interval", "5s"},
            {"sort", {{"field", {TimeField(request)}}, {"order", {"asc"}}}},
            {"mapping", {{"ignore_malformed", true}}}}}};
}

// A server checks each component by itself, so the limit is next to the fields.
json FieldLimit(size_t field_count) {
  const size_t most = field_count + kDefaultMostFields;
  return {{"index", {{"mapping", {{"total_fields", {{"limit", most}}}}}}}};
}

// Info is a sentence, to be found by its words too.
json ColumnProperties(bool searches_columns) {
  json properties;
  if (!searches_columns) {
    for (const char* text : {"protocol", "info"}) {
      properties[text] = {{"type", "keyword"}, {"index", false}, {"doc_values", false}};
    }
    return properties;
  }
  for (const char* number : {"no", "length"}) properties[number] = MappingOf(FieldType::kLong);
  properties["time"] = MappingOf(FieldType::kDouble);
  for (const char* text : {"source", "destination", "protocol", "info"}) {
    properties[text] = MappingOf(FieldType::kKeyword);
  }
  properties["info"]["fields"]["words"] = {{"type", "text"}};
  return properties;
}

// Nothing is mapped that isn't mapped here: what comes first decides no type, and a document with
// many new fields costs no update of the mapping, for which it could wait too long and be refused.
json Mappings(json layers, bool searches_columns) {
  json mappings = {{"dynamic", false}};
  json& properties = mappings["properties"];
  properties["timestamp"] = {{"type", "date"}, {"format", "epoch_millis"}};
  json& about = properties["espcap"]["properties"];
  for (const char* words : {"cut", "cut_layer", "cut_key", "error"}) {
    about[words] = {{"type", "keyword"}};
  }
  about["session"] = {{"type", "long"}};
  properties["columns"]["properties"] = ColumnProperties(searches_columns);
  properties["layers"] = {{"dynamic", false}, {"properties", std::move(layers)}};
  return mappings;
}

json EcsMappings(const TemplateRequest& request) {
  json properties = EcsProperties();
  // A data stream wants it said.
  if (request.data_stream) properties["@timestamp"]["ignore_malformed"] = false;
  return {{"properties", std::move(properties)}};
}

}  // namespace

IndexTemplate BuildTemplate(const TemplateRequest& request, const std::vector<Field>& fields,
                            const std::vector<Field>& rest) {
  IndexTemplate made;
  made.index_pattern = request.data_stream ? request.index : IndexPattern(request.index);
  made.name = TemplateName(made.index_pattern);
  json layers = LayerProperties(fields, request.value_strings);
  AddRest(layers, rest, request.dialect);
  const json mappings = Mappings(std::move(layers), request.searches_columns);
  const json ecs = EcsMappings(request);
  const size_t count = CountFields(mappings["properties"]) + CountFields(ecs["properties"]) +
                       CountFields(ProvenanceProperties(request.labels));
  const json meta = TemplateMeta();
  const auto add = [&](const char* part, json content) {
    const json body = {{"template", std::move(content)}, {"_meta", meta}};
    made.components.push_back({made.name + "-" + part, body.dump()});
  };
  add("settings", {{"settings", Settings(request)}});
  add("layers", {{"settings", FieldLimit(count)}, {"mappings", mappings}});
  add("ecs", {{"mappings", ecs}});
  made.components.push_back(
      {ProvenanceComponentName(made.name), ProvenanceComponent(request.labels)});

  json body = {
      {"index_patterns", {made.index_pattern}}, {"priority", request.priority}, {"_meta", meta}};
  for (const TemplatePart& part : made.components) body["composed_of"].push_back(part.name);
  if (request.data_stream) body["data_stream"] = json::object();
  made.body = body.dump();
  return made;
}

std::string PrintTemplate(const IndexTemplate& index_template) {
  constexpr int kIndent = 2;
  json printed = {{"component_templates", json::array()}};
  for (const TemplatePart& part : index_template.components) {
    printed["component_templates"].push_back(
        {{"name", part.name}, {"component_template", json::parse(part.body)}});
  }
  printed["index_templates"] = json::array(
      {{{"name", index_template.name}, {"index_template", json::parse(index_template.body)}}});
  return printed.dump(kIndent);
}

}  // namespace espcap::schema
