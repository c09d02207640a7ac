// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/query_command.h"

#include <gtest/gtest.h>

namespace espcap::app {
namespace {

TEST(QueryValues, StandWhereTheQueryNamesThem) {
  EXPECT_EQ(FillIn(R"({"a": "${x}", "b": "${x}${y}"})", {"x=1", "y=\"2\""}).value(),
            R"({"a": "1", "b": "1\"2\""})");
  EXPECT_EQ(FillIn("{}", {}).value(), "{}");
}

TEST(QueryValues, AreNamedWhereTheyAreWrong) {
  const auto error = [](const char* query, std::vector<std::string> settings) {
    const auto filled = FillIn(query, settings);
    return filled ? std::string() : filled.error().message;
  };
  EXPECT_EQ(error(R"({"a": "${x}"})", {}), "the query wants a value: --set x=…");
  EXPECT_EQ(error("{}", {"x=1"}), "--set x=1: the query has no ${x}");
  EXPECT_EQ(error("{}", {"x"}), "--set x: write name=value");
}

}  // namespace
}  // namespace espcap::app
