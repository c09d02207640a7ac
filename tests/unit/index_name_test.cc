// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/index_name.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "time_zone.h"

namespace espcap::document {
namespace {

constexpr std::time_t kLeapDay = 1709210096;  // 2024-02-29T12:34:56Z

TEST(IndexName, IsThePatternAtThePacketsTimeInUtc) {
  struct Case {
    const char* pattern;
    std::time_t seconds;
    const char* name;
  };
  const Case cases[] = {
      {"packets", kLeapDay, "packets"},
      {"packets-%Y-%m-%d", kLeapDay, "packets-2024-02-29"},
      {"packets-%Y-%m-%d", 0, "packets-1970-01-01"},
      {"packets-%Y-%m-%d", -1, "packets-1969-12-31"},
      {"packets-%Y.%m.%d-%H", kLeapDay, "packets-2024.02.29-12"},
      {"packets-%j", kLeapDay, "packets-060"},
      {"packets-%-d", 0, "packets-1"},
      {"packets-%%", kLeapDay, "packets-%"},
      {"m\xC3\xBCtze", 0, "m\xC3\xBCtze"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.pattern);
    auto index = IndexName::Parse(c.pattern);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ(index->For(c.seconds), c.name);
  }
}

TEST(IndexName, DependsOnNoTimeZone) {
  const testing::TimeZone east("EST-14");
  auto index = IndexName::Parse("packets-%Y-%m-%d-%H");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->For(kLeapDay), "packets-2024-02-29-12");
}

TEST(IndexName, FollowsTheTimeBothWays) {
  auto index = IndexName::Parse("packets-%Y-%m-%d");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->For(86399), "packets-1970-01-01");
  EXPECT_EQ(index->For(86400), "packets-1970-01-02");
  EXPECT_EQ(index->For(86399), "packets-1970-01-01");
}

TEST(IndexName, IsOneForTimesNoCalendarHas) {
  auto index = IndexName::Parse("packets-%Y-%m-%d");
  ASSERT_TRUE(index);
  for (const std::time_t seconds : {std::time_t{INT64_MAX}, std::time_t{INT64_MIN}}) {
    EXPECT_EQ(IndexNameFault(index->For(seconds)), "");
  }
}

TEST(IndexName, AnErrorNamesThePatternTheNameAndTheFault) {
  const auto index = IndexName::Parse("Packets-%Y");
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().message,
            "--index 'Packets-%Y': makes the index name 'Packets-1970', but it must be lower case");
}

TEST(IndexName, RefusesPatternsThatMakeNoName) {
  for (const char* pattern :
       {"", "%b-packets", "packets-%c", "packets-%H:%M", "-%Y", "%n", "packets %Y"}) {
    const auto index = IndexName::Parse(pattern);
    ASSERT_FALSE(index) << pattern;
    EXPECT_NE(index.error().message.find("'" + std::string(pattern) + "'"), std::string::npos)
        << index.error().message;
  }
}

TEST(IndexName, APatternThatIsTooLongIsCalledSo) {
  for (const size_t length : {256U, 509U, 510U, 5000U}) {
    const auto index = IndexName::Parse(std::string(length, 'a'));
    ASSERT_FALSE(index);
    EXPECT_NE(index.error().message.find("longer than 255 bytes"), std::string::npos) << length;
  }
}

TEST(IndexNameFault, FindsNoneInNamesElasticsearchTakes) {
  for (const char* name : {"packets", "packets-2024.02.29", "p", "2024", ".hidden", "...", "a_b+c",
                           "packets-%", "m\xC3\xBCtze", "a@b!c(d)=e;f"}) {
    EXPECT_EQ(IndexNameFault(name), "") << name;
  }
  EXPECT_EQ(IndexNameFault(std::string(255, 'a')), "");
}

TEST(IndexNameFault, NamesTheRuleThatIsBroken) {
  struct Case {
    std::string name;
    const char* says;
  };
  const Case cases[] = {
      {"", "empty"},
      {".", ". or .."},
      {"..", ". or .."},
      {"-packets", "start"},
      {"_packets", "start"},
      {"+packets", "start"},
      {"packetS", "lower case"},
      {std::string(256, 'a'), "255 bytes"},
      {"a\\b", R"('\')"},
      {"a/b", "'/'"},
      {"a*b", "'*'"},
      {"a?b", "'?'"},
      {"a\"b", "'\"'"},
      {"a<b", "'<'"},
      {"a>b", "'>'"},
      {"a|b", "'|'"},
      {"a b", "' '"},
      {"a,b", "','"},
      {"a#b", "'#'"},
      {"a:b", "':'"},
      {"a\nb", "can't hold"},
  };
  for (const Case& c : cases) {
    EXPECT_NE(IndexNameFault(c.name).find(c.says), std::string::npos)
        << "'" << c.name << "': " << IndexNameFault(c.name);
  }
}

}  // namespace
}  // namespace espcap::document
