// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/template_list.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

TEST(TemplateList, MatchesPatternsAsServersDo) {
  struct Case {
    const char* pattern;
    const char* name;
    bool matches;
  };
  const Case cases[] = {
      {"*", "packets-1", true},
      {"packets-*", "packets-1", true},
      {"packets-*", "packets-", true},
      {"packets-*", "packets", false},
      {"*-1", "packets-1", true},
      {"p*t*-1", "packets-1", true},
      {"p*x*-1", "packets-1", false},
      {"packets-1", "packets-1", true},
      {"packets-1", "packets-12", false},
      {"*a*a*b", "aaaaaaaaaaaac", false},
      {"", "", true},
      {"**", "", true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(MatchesPattern(c.pattern, c.name), c.matches) << c.pattern << " " << c.name;
  }
}

TEST(TemplateList, ReadsWhatServersAnswer) {
  const auto composable = ReadComposable(json::parse(R"({"index_templates":[
      {"name":"a","index_template":{"index_patterns":["p-*","q"],"priority":7,
                                    "data_stream":{"hidden":false}}},
      {"name":"b","index_template":{"index_patterns":["*"],"composed_of":[]}},
      {"name":"c"},{"index_template":{"index_patterns":["x"]}},7,
      {"name":8,"index_template":{"index_patterns":"*"}}]})"));
  ASSERT_EQ(composable.size(), 2U);
  EXPECT_EQ(composable[0].name, "a");
  EXPECT_EQ(composable[0].patterns, (std::vector<std::string>{"p-*", "q"}));
  EXPECT_EQ(composable[0].priority, 7);
  EXPECT_TRUE(composable[0].makes_data_stream);
  EXPECT_EQ(composable[1].priority, 0);
  EXPECT_FALSE(composable[1].makes_data_stream);
  const auto legacy = ReadLegacy(json::parse(R"({"l":{"index_patterns":["p-*"]},"m":3})"));
  ASSERT_EQ(legacy.size(), 1U);
  EXPECT_EQ(legacy[0].name, "l");
  for (const char* strange : {"{}", "[]", "null", "7", R"({"index_templates":{}})"}) {
    EXPECT_TRUE(ReadComposable(json::parse(strange)).empty()) << strange;
  }
}

TEST(TemplateList, TheHighestPriorityWins) {
  const std::vector<ListedTemplate> listed = {
      {"all", {"*"}, 0}, {"mine", {"packets-*"}, 200}, {"other", {"logs-*"}, 900}};
  EXPECT_EQ(WinnerFor(listed, "packets-1")->name, "mine");
  EXPECT_EQ(WinnerFor(listed, "lab")->name, "all");
  EXPECT_EQ(WinnerFor({}, "lab"), nullptr);
}

TEST(TemplateList, KnowsWhatIsMadeForTheseIndicesAlone) {
  const auto is_made_for = [](std::vector<std::string> patterns) {
    return IsMadeFor({"t", std::move(patterns)}, "packets-2024-01-01", "packets-*");
  };
  EXPECT_TRUE(is_made_for({"packets-*"}));
  EXPECT_TRUE(is_made_for({"packets-2024-*", "logs-*"}));
  EXPECT_FALSE(is_made_for({"*"}));
  EXPECT_FALSE(is_made_for({"pack*"}));
  EXPECT_FALSE(is_made_for({"packets-*", "*-2024-*"}));
}

}  // namespace
}  // namespace espcap::elasticsearch
