// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/index_template.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace espcap::schema {
namespace {

using nlohmann::json;

const std::vector<Field>& SomeFields() {
  static const std::vector<Field> fields = {
      {"_ws.expert.message", "_ws_expert__ws_expert_message", "_ws_expert", FieldType::kKeyword,
       ""},
      {"frame.time", "frame_frame_time", "frame", FieldType::kDate, ""},
      {"ip", "ip", "ip", FieldType::kObject, ""},
      {"ip.src", "ip_ip_src", "ip", FieldType::kIp, ""},
      {"ip.ttl", "ip_ip_ttl", "ip", FieldType::kLong, ""},
      {"odd", "odd", "odd", FieldType::kMixed, ""},
      {"tcp.analysis.retransmission", "tcp_tcp_analysis_retransmission", "tcp",
       FieldType::kPresence, ""}};
  return fields;
}

json Part(const IndexTemplate& made, const std::string& name) {
  for (const TemplatePart& part : made.components) {
    if (part.name == name) return json::parse(part.body).at("template");
  }
  ADD_FAILURE() << "no component " << name;
  return {};
}

json Layers(const IndexTemplate& made) {
  return Part(made, made.name + "-layers").at("mappings").at("properties").at("layers");
}

TEST(IndexTemplate, IsMadeOfItsComponents) {
  const IndexTemplate made = BuildTemplate({.index = "packets-%Y-%m-%d"}, SomeFields());
  EXPECT_EQ(made.name, "espcap-packets");
  EXPECT_EQ(made.index_pattern, "packets-*");
  const json body = json::parse(made.body);
  EXPECT_EQ(body.at("index_patterns"), json::array({"packets-*"}));
  json names = json::array();
  for (const TemplatePart& part : made.components) names.push_back(part.name);
  EXPECT_EQ(body.at("composed_of"), names);
  EXPECT_FALSE(body.contains("data_stream"));
}

TEST(IndexTemplate, KeepsTheColumnAloneOfWhatHardlyRepeats) {
  const json layers = Layers(BuildTemplate({.index = "packets"}, SomeFields())).at("properties");
  const json& time = layers.at("frame").at("properties").at("frame_frame_time");
  EXPECT_EQ(time, json({{"type", "date"},
                        {"index", false},
                        {"fields", {{"nanos", {{"type", "date_nanos"}, {"index", false}}}}}}));
  EXPECT_FALSE(layers.at("ip").at("properties").at("ip_ip_ttl").contains("index"));
}

TEST(IndexTemplate, MapsNothingByItself) {
  const json mappings =
      Part(BuildTemplate({.index = "packets"}, SomeFields()), "espcap-packets-layers")
          .at("mappings");
  EXPECT_EQ(mappings.at("dynamic"), false);
  EXPECT_EQ(mappings.at("properties").at("layers").at("dynamic"), false);
  EXPECT_EQ(mappings.at("properties").at("timestamp"),
            json({{"type", "date"}, {"format", "epoch_millis"}}));
}

// One value that doesn't fit its mapping must not cost the whole document.
TEST(IndexTemplate, IgnoresMalformedValues) {
  const json settings =
      Part(BuildTemplate({.index = "packets"}, {}), "espcap-packets-settings").at("settings");
  EXPECT_EQ(settings.at("index").at("mapping").at("ignore_malformed"), true);
}

TEST(IndexTemplate, KeepsTheColumnsOfSummariesUnsearched) {
  const auto columns = [](bool searches) {
    const IndexTemplate made =
        BuildTemplate({.index = "packets", .searches_columns = searches}, SomeFields());
    return Part(made, "espcap-packets-layers").at("mappings").at("properties").at("columns");
  };
  EXPECT_EQ(columns(true)["properties"]["info"]["fields"]["words"]["type"], "text");
  EXPECT_EQ(columns(false)["properties"]["info"],
            (json{{"type", "keyword"}, {"index", false}, {"doc_values", false}}));
}

TEST(IndexTemplate, MapsEachFieldInItsLayer) {
  const json layers = Layers(BuildTemplate({.index = "packets"}, SomeFields())).at("properties");
  const json& ip = layers.at("ip").at("properties");
  EXPECT_EQ(ip.at("ip_ip_src"), json({{"type", "ip"}}));
  EXPECT_EQ(ip.at("ip_ip_ttl"), json({{"type", "long"}}));
  EXPECT_EQ(layers.at("tcp").at("properties").at("tcp_tcp_analysis_retransmission"),
            json({{"type", "boolean"}, {"null_value", true}}));
  EXPECT_FALSE(layers.at("odd").at("properties").contains("odd"));
}

TEST(IndexTemplate, GathersValuesFromOtherPlaces) {
  const json layers = Layers(BuildTemplate({.index = "packets"}, SomeFields()));
  const auto copied_from = [&layers](const std::string& path) {
    return layers.at(json::json_pointer("/properties/" + path)).at("copy_to");
  };
  EXPECT_EQ(copied_from("icmp/properties/ip/properties/ip_ip_src"), "layers.ip.ip_ip_src");
  EXPECT_EQ(copied_from("tcp/properties/_ws_expert/properties/tcp_tcp_analysis_retransmission"),
            "layers.tcp.tcp_tcp_analysis_retransmission");
  EXPECT_EQ(copied_from("tcp/properties/_ws_expert/properties/_ws_expert__ws_expert_message"),
            "layers._ws_expert._ws_expert__ws_expert_message");
}

TEST(IndexTemplate, LeavesRoomBelowItsLimit) {
  std::vector<Field> fields;
  for (int i = 0; i < 5000; ++i) {
    const std::string number = std::to_string(i);
    fields.push_back({"p." + number, "p_p_" + number, "p", FieldType::kDate, ""});
  }
  const json limit = Part(BuildTemplate({.index = "packets"}, fields), "espcap-packets-layers")
                         .at(json::json_pointer("/settings/index/mapping/total_fields/limit"));
  EXPECT_GT(limit, 10000);  // each with its nanoseconds
}

TEST(IndexTemplate, OfADataStreamSortsByItsTime) {
  const IndexTemplate made =
      BuildTemplate({.index = "logs-packets-lab", .data_stream = true}, SomeFields());
  EXPECT_EQ(made.name, "espcap-logs-packets-lab");
  const json body = json::parse(made.body);
  EXPECT_TRUE(body.at("data_stream").is_object());
  EXPECT_GT(body.at("priority"), 100);  // of Elasticsearch's own, for logs-*-*
  const json settings = Part(made, made.name + "-settings").at("settings").at("index");
  EXPECT_EQ(settings.at("sort").at("field"), json::array({"@timestamp"}));
  const json time = Part(made, made.name + "-ecs").at("mappings").at("properties").at("@timestamp");
  EXPECT_EQ(time, json({{"type", "date"}, {"ignore_malformed", false}}));
}

TEST(IndexTemplate, MakesTheRestSearchableAsKeywords) {
  const std::vector<Field> rest = {{"ip", "ip", "ip", FieldType::kObject, ""},
                                   {"ip.id", "ip_ip_id", "ip", FieldType::kLong, ""},
                                   {"ip.nop", "ip_ip_nop", "ip", FieldType::kPresence, ""},
                                   {"ip.ttl", "ip_ip_ttl", "ip", FieldType::kLong, ""},
                                   {"x", "x", "x", FieldType::kObject, ""},
                                   {"x.y", "x_x_y", "x", FieldType::kLong, ""}};
  const json layers =
      Layers(BuildTemplate({.index = "packets"}, SomeFields(), rest)).at("properties");
  EXPECT_EQ(layers.at("ip").at("properties").at("ip_ip_id").at("type"), "keyword");
  EXPECT_EQ(layers.at("ip").at("properties").at("ip_ip_ttl").at("type"), "long");
  EXPECT_FALSE(layers.at("ip").at("properties").contains("ip_ip_nop"));
  EXPECT_EQ(layers.at("x").at("type"), "flattened");
  const json elsewhere = Layers(
      BuildTemplate({.index = "packets", .dialect = Dialect::kOpenSearch}, SomeFields(), rest));
  EXPECT_EQ(elsewhere.at("properties").at("x"), json({{"type", "flat_object"}}));
}

TEST(IndexTemplate, LeavesHugeLayersInTheDocument) {
  std::vector<Field> rest = {{"ip", "ip", "ip", FieldType::kObject, ""}};
  for (int i = 0; i < 2000; ++i) {
    const std::string number = std::to_string(i);
    rest.push_back({"ip." + number, "ip_ip_" + number, "ip", FieldType::kLong, ""});
  }
  const json layers = Layers(BuildTemplate({.index = "packets"}, SomeFields(), rest));
  EXPECT_LT(layers.at(json::json_pointer("/properties/ip/properties")).size(), 10U);
}

TEST(IndexTemplate, PrintsWhatAServerWouldShow) {
  const IndexTemplate made = BuildTemplate({.index = "packets"}, SomeFields());
  const json printed = json::parse(PrintTemplate(made));
  EXPECT_EQ(printed.at("component_templates").size(), made.components.size());
  EXPECT_EQ(printed.at(json::json_pointer("/index_templates/0/index_template")),
            json::parse(made.body));
}

// Objects are read into maps otherwise, where the second of two equal keys would be lost unseen.
TEST(IndexTemplate, WritesEachKeyOnce) {
  for (const TemplatePart& part : BuildTemplate({.index = "packets"}, SomeFields()).components) {
    std::vector<std::set<std::string>> open_objects;
    const auto look = [&](int /*depth*/, json::parse_event_t event, json& parsed) {
      if (event == json::parse_event_t::object_start) open_objects.emplace_back();
      if (event == json::parse_event_t::object_end) open_objects.pop_back();
      if (event == json::parse_event_t::key) {
        EXPECT_TRUE(open_objects.back().insert(parsed.get<std::string>()).second) << parsed;
      }
      return true;
    };
    EXPECT_TRUE(json::parse(part.body, look).is_object());
  }
}

}  // namespace
}  // namespace espcap::schema
