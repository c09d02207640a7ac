// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/mapping_fault.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schema/index_template.h"

namespace espcap::schema {
namespace {

using nlohmann::json;

TEST(MappingFault, NamesWhatIsOtherwise) {
  struct Case {
    const char* mappings;
    const char* fault;
  };
  const Case cases[] = {
      {"{}", "fields are mapped as they come"},
      {R"({"dynamic":"true"})", "fields are mapped as they come"},
      {R"({"dynamic":"runtime"})", "fields are mapped as they come"},
      {R"({"dynamic":"strict"})", "documents with fields that aren't mapped are refused"},
      {R"({"dynamic":"false"})", "none of espcap's fields is mapped"},
      {R"({"dynamic":false,"properties":{"timestamp":{"type":"date"}}})",
       "none of espcap's fields is mapped"},
      {R"({"dynamic":"false","properties":{"layers":{"dynamic":"true"}}})",
       "fields are mapped as they come"},
      {R"({"properties":{"layers":{"properties":{"ip":{"properties":{"ip_ip_src":{"type":"text"}}}}}}})",
       "layers.ip.ip_ip_src is text in place of ip"},
      {R"({"dynamic":"false","properties":{"@timestamp":{"type":"keyword"}}})",
       "@timestamp is keyword in place of date"},
      {R"({"dynamic":"false","properties":{"layers":{"properties":{"ip":{"properties":
           {"ip_ip_src":{"type":"ip"}}}}}}})",
       ""},
      {R"({"dynamic":7,"properties":[]})", "fields are mapped as they come"},
      {"null", "fields are mapped as they come"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(MappingFault(json::parse(c.mappings)), c.fault) << c.mappings;
}

TEST(MappingFault, FindsNoneInAnyTemplateOfEspcaps) {
  const std::vector<Field> field_lists[] = {
      {},
      {{"ip.src", "ip_ip_src", "ip", FieldType::kIp, ""}},
      {{"frame.time", "frame_frame_time", "frame", FieldType::kDateNanos, ""}}};
  for (const bool data_stream : {false, true}) {
    for (const auto& fields : field_lists) {
      json mappings = json::object();
      for (const TemplatePart& part :
           BuildTemplate({.index = "packets", .data_stream = data_stream}, fields).components) {
        const json content = json::parse(part.body).at("template");
        if (content.contains("mappings")) mappings.merge_patch(content.at("mappings"));
      }
      EXPECT_EQ(MappingFault(mappings), "");
    }
  }
}

TEST(MappingFault, AsksForWhatItReads) {
  const std::string paths = MappingPaths("template.mappings");
  for (const char* path :
       {"template.mappings.dynamic", ",template.mappings.properties.layers.dynamic",
        ",template.mappings.properties.layers.properties.ip.properties.ip_ip_src.type",
        ",template.mappings.properties.@timestamp.type"}) {
    EXPECT_NE(paths.find(path), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace espcap::schema
