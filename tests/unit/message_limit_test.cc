// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/message_limit.h"

#include <gtest/gtest.h>

namespace espcap::telemetry {
namespace {

using std::chrono::milliseconds;

TEST(MessageLimit, ShowsTenAtOnceAndThenOneASecond) {
  struct Step {
    milliseconds at;
    int messages;
    int shown;
    uint64_t left_out;
  };
  const Step steps[] = {
      {milliseconds(0), 1000, 10, 990},
      {milliseconds(999), 5, 0, 5},
      {milliseconds(1000), 5, 1, 4},
      {milliseconds(3000), 5, 2, 3},
      {milliseconds(3000), 0, 0, 0},
      {milliseconds(10'000), 100, 7, 93},
      {milliseconds(3'600'000), 1000, 10, 990},
  };
  MessageLimit limit;
  const MessageLimit::Time start{std::chrono::hours(5)};
  for (const Step& step : steps) {
    int shown = 0;
    for (int i = 0; i < step.messages; ++i) shown += limit.Admit(start + step.at) ? 1 : 0;
    EXPECT_EQ(shown, step.shown) << step.at.count();
    EXPECT_EQ(limit.DrainLeftOut(), step.left_out) << step.at.count();
  }
}

TEST(MessageLimit, AFewNowAndThenAreAllShown) {
  MessageLimit limit;
  for (int second = 0; second < 100; ++second) {
    EXPECT_TRUE(limit.Admit(MessageLimit::Time{std::chrono::seconds(second)}));
  }
  EXPECT_EQ(limit.DrainLeftOut(), 0U);
}

}  // namespace
}  // namespace espcap::telemetry
