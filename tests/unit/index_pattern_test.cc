// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/index_pattern.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "document/index_name.h"

namespace espcap::schema {
namespace {

bool Matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

TEST(IndexPattern, IsThatOfTheIndicesARunMakes) {
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
    EXPECT_EQ(IndexPattern(c.index), c.pattern);
    EXPECT_EQ(TemplateName(c.pattern), c.name);
  }
}

// Whatever the pattern: each index a packet can go to is matched, and no other tool's.
TEST(IndexPattern, MatchesTheIndicesOfEveryTimeAndNoOthers) {
  for (const char* pattern :
       {"packets-%Y-%m-%d", "packets", "packets-%Y-%m-lab", "packets%%-%Y", "packets-%-d",
        "packets-%_5Y-x", "packets-%05d", "packets-%", "%Y-packets", "%Y.%m-packets-%d"}) {
    SCOPED_TRACE(pattern);
    auto index = document::IndexName::Parse(pattern);
    if (!index) continue;  // %_5Y makes spaces, which no index name has
    const std::string glob = IndexPattern(pattern);
    for (const std::time_t seconds : {0, 1709210096, 2147483647}) {
      EXPECT_TRUE(Matches(glob, index->For(seconds))) << glob << ' ' << index->For(seconds);
    }
    for (const char* other : {"logs-2024-02-29", "metrics", "2024-02-29-logs", ".kibana"}) {
      EXPECT_FALSE(Matches(glob, other)) << glob << ' ' << other;
    }
  }
}

}  // namespace
}  // namespace espcap::schema
