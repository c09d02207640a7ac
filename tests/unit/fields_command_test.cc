// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/fields_command.h"

#include <gtest/gtest.h>

namespace espcap::app {
namespace {

TEST(FieldsPattern, IsFoundInNameKeyOrDescription) {
  const schema::Field field{"tcp.srcport", "tcp_tcp_srcport", "tcp", schema::FieldType::kLong,
                            "Source Port"};
  for (const char* pattern : {"", "srcport", "TCP.src", "tcp_tcp", "source port", "tcp.*", "*port",
                              "tcp.srcport", "TCP.*"}) {
    EXPECT_TRUE(MatchesPattern(field, pattern)) << pattern;
  }
  for (const char* pattern : {"udp", "srcport*", "tcp.s", "*Source*"}) {
    EXPECT_EQ(MatchesPattern(field, pattern), std::string_view(pattern) == "tcp.s") << pattern;
  }
}

}  // namespace
}  // namespace espcap::app
