// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/decode_as.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace espcap::dissect {
namespace {

TEST(ParseDecodeAs, TakesARuleApart) {
  struct Case {
    const char* rule;
    const char* table;
    const char* selector;
    const char* protocol;
  };
  const Case cases[] = {
      {"tcp.port==8888,http", "tcp.port", "8888", "http"},
      {"tcp.port=8888,http", "tcp.port", "8888", "http"},  // tshark takes it, with a warning
      {"tcp.port==8888-8890,http", "tcp.port", "8888-8890", "http"},
      {"tcp.port==8888:3,http", "tcp.port", "8888:3", "http"},
      {" tcp.port ==8888, http ", "tcp.port", "8888", "http"},
      {"media_type==text/x=y,json", "media_type", "text/x=y", "json"},
      {"tcp.port==,http", "tcp.port", "", "http"},
      {"bluetooth.uuid,btatt", "bluetooth.uuid", "", "btatt"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.rule);
    const auto parsed = ParseDecodeAs(c.rule);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->table, c.table);
    EXPECT_EQ(parsed->selector, c.selector);
    EXPECT_EQ(parsed->protocol, c.protocol);
  }
}

TEST(ParseDecodeAs, RefusesWhatIsNoRuleAndShowsIt) {
  for (const char* rule : {"", "tcp.port", "tcp.port==8888", "tcp.port==8888,", "tcp.port==8888, ",
                           "==8888,http", " ==8888,http", ",", ",http", "tcp.port,"}) {
    const auto parsed = ParseDecodeAs(rule);
    ASSERT_FALSE(parsed) << rule;
    EXPECT_EQ(parsed.error().message.find("-d '" + std::string(rule) + "'"), 0U)
        << parsed.error().message;
  }
}

TEST(ParseSelector, ReadsNumbersAndRanges) {
  struct Case {
    const char* selector;
    uint32_t first;
    uint32_t last;
  };
  const Case cases[] = {
      {"0", 0, 0},
      {"8888", 8888, 8888},
      {"0x22b8", 8888, 8888},
      {"0X22B8", 8888, 8888},
      {"021270", 8888, 8888},  // octal, as strtoul and so tshark read it
      {"4294967295", 4294967295, 4294967295},
      {"8888-8890", 8888, 8890},
      {"8888-8888", 8888, 8888},
      {"8888:3", 8888, 8890},
      {"8888:1", 8888, 8888},
      {"0x10-0x1f", 16, 31},
      {"0-65535", 0, 65535},
      {"4294967295:1", 4294967295, 4294967295},
      {"4294901760-4294967295", 4294901760, 4294967295},
      {" 80 - 90 ", 80, 90},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.selector);
    const auto range = ParseSelector(c.selector);
    ASSERT_TRUE(range) << range.error().message;
    EXPECT_EQ(range->first, c.first);
    EXPECT_EQ(range->last, c.last);
  }
}

TEST(ParseSelector, RefusesWhatIsNoNumberOrRangeAndShowsIt) {
  for (const char* selector : {"",
                               " ",
                               "http",
                               "80x",
                               "0x",
                               "0xg",
                               "08",
                               "1 2",
                               "+80",
                               "-80",
                               "80-",
                               "-",
                               ":",
                               "80:",
                               "80:0",
                               "90-80",
                               "1-2-3",
                               "1:2:3",
                               "4294967296",
                               "4294967295:2",
                               "0-65536",  // more than there are ports
                               "0:4294967295",
                               "0-4294967296",
                               "0:4294967296",
                               "18446744073709551616",
                               "8.5"}) {
    const auto range = ParseSelector(selector);
    ASSERT_FALSE(range) << selector;
    EXPECT_NE(range.error().message.find("'" + std::string(selector) + "'"), std::string::npos)
        << range.error().message;
  }
}

}  // namespace
}  // namespace espcap::dissect
