// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/index_template.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "encode/index_name.h"

namespace espcap::schema {
namespace {

using nlohmann::json;

bool Matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

TEST(PacketTemplate, IsNamedAfterTheIndicesItIsFor) {
  struct Case {
    const char* index;
    const char* name;
    const char* pattern;
  };
  const Case cases[] = {
      {"packets-%Y-%m-%d", "espcap-packets", "packets-*"},
      {"packets-%Y.%m.%d", "espcap-packets", "packets-*"},
      {"packets", "espcap-packets", "packets"},
      {"packets-", "espcap-packets", "packets-"},
      {"lab_packets_%Y", "espcap-lab_packets", "lab_packets_*"},
      {"packets.%-d", "espcap-packets", "packets.*"},
      {"packets-%Ey", "espcap-packets", "packets-*"},
      {"p%%", "espcap-p%", "p%"},
      {"p%%-%Y", "espcap-p%", "p%-*"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.index);
    const IndexTemplate made = PacketTemplate(c.index);
    EXPECT_EQ(made.name, c.name);
    EXPECT_EQ(made.index_pattern, c.pattern);
    EXPECT_EQ(json::parse(made.body).at("index_patterns"), json::array({c.pattern}));
  }
}

// Whatever the pattern: each index a packet can go to is matched, and no other tool's.
TEST(PacketTemplate, MatchesTheIndicesOfEveryTimeAndNoOthers) {
  for (const char* pattern :
       {"packets-%Y-%m-%d", "packets", "packets-%Y-%m-lab", "packets%%-%Y", "packets-%-d",
        "packets-%_5Y-x", "packets-%05d", "packets-%", "%Y-packets", "%Y.%m-packets-%d"}) {
    SCOPED_TRACE(pattern);
    auto index = encode::IndexName::Parse(pattern);
    if (!index) continue;  // %_5Y makes spaces, which no index name has
    const std::string glob = PacketTemplate(pattern).index_pattern;
    for (const std::time_t seconds : {0, 1709210096, 2147483647}) {
      EXPECT_TRUE(Matches(glob, index->For(seconds))) << glob << ' ' << index->For(seconds);
    }
    for (const char* other : {"logs-2024-02-29", "metrics", "2024-02-29-logs", ".kibana"}) {
      EXPECT_FALSE(Matches(glob, other)) << glob << ' ' << other;
    }
  }
}

TEST(PacketTemplate, MapsNothingDynamically) {
  const json body = json::parse(PacketTemplate("packets-%Y").body);
  const json& mappings = body.at("template").at("mappings");
  EXPECT_EQ(mappings.at("dynamic"), false);
  EXPECT_EQ(mappings.at("properties").at("layers").at("dynamic"), false);
}

TEST(PacketTemplate, MapsTheTimestampAsItIsWritten) {
  const json body = json::parse(PacketTemplate("packets-%Y").body);
  EXPECT_EQ(body.at("template").at("mappings").at("properties").at("timestamp"),
            json({{"type", "date"}, {"format", "epoch_millis"}}));
}

// One value that doesn't fit its mapping must not cost the whole document.
TEST(PacketTemplate, IgnoresMalformedValues) {
  const json body = json::parse(PacketTemplate("packets-%Y").body);
  EXPECT_EQ(body.at("template").at("settings").at("index.mapping.ignore_malformed"), true);
}

TEST(PacketTemplate, MapsEachFieldInItsLayerToATypeWithBounds) {
  const json body = json::parse(PacketTemplate("packets-%Y").body);
  const json& layers =
      body.at("template").at("mappings").at("properties").at("layers").at("properties");
  const std::set<std::string> types = {"boolean", "double", "ip", "keyword", "long"};
  ASSERT_FALSE(layers.empty());
  for (const auto& [layer, mapping] : layers.items()) {
    for (const auto& [key, field] : mapping.at("properties").items()) {
      SCOPED_TRACE(key);
      EXPECT_TRUE(key.starts_with(layer + '_')) << layer;
      const auto type = field.at("type").get<std::string>();
      EXPECT_TRUE(types.contains(type)) << type;
      if (type != "keyword") continue;
      EXPECT_LT(field.at("ignore_above").get<int>(), 32766 / 4);  // Lucene's longest term, in UTF-8
    }
  }
}

TEST(PacketTemplate, WritesEachKeyOnce) {
  std::vector<std::set<std::string>> open_objects;
  const auto look = [&](int /*depth*/, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == json::parse_event_t::object_end) open_objects.pop_back();
    if (event == json::parse_event_t::key) {
      EXPECT_TRUE(open_objects.back().insert(parsed.get<std::string>()).second) << parsed;
    }
    return true;
  };
  EXPECT_TRUE(json::parse(PacketTemplate("packets-%Y").body, look).is_object());
}

}  // namespace
}  // namespace espcap::schema
