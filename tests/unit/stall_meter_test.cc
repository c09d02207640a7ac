// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/stall_meter.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace espcap::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RunDelay, IsTheSecondNumber) {
  struct Case {
    const char* text;
    uint64_t delay_ns;
  };
  const Case cases[] = {
      {"123 456 7\n", 456}, {"0 0 0\n", 0}, {"1 18446744073709551615 2", UINT64_MAX}, {"", 0},
      {"123", 0},           {"a b c", 0},
  };
  for (const Case& c : cases) EXPECT_EQ(ParseRunDelay(c.text), c.delay_ns) << c.text;
}

TEST(RecentMaximum, ForgetsWhatIsOlderThanTwoMinutes) {
  RecentMaximum maximum;
  const RecentMaximum::Time start{seconds(1000)};
  EXPECT_EQ(maximum.Of(start), 0);
  maximum.Add(3, start);
  maximum.Add(1, start + seconds(1));
  maximum.Add(2, start + seconds(60));
  EXPECT_EQ(maximum.Of(start + seconds(60)), 3);
  EXPECT_EQ(maximum.Of(start + seconds(109)), 3);
  EXPECT_EQ(maximum.Of(start + seconds(121)), 2);
  EXPECT_EQ(maximum.Of(start + seconds(181)), 0);
  maximum.Add(1, start + seconds(240));
  EXPECT_EQ(maximum.Of(start + seconds(240)), 1);
}

uint64_t StallsAbove(const LoopStats& stats, size_t bound) {
  return std::accumulate(stats.stalls.begin() + static_cast<std::ptrdiff_t>(bound) + 1,
                         stats.stalls.end(), uint64_t{0});
}

// A sleep is the thread's own: it waits for no processor.
TEST(StallMeter, MeasuresFromOneWaitToTheNext) {
  StallMeter meter;
  meter.End();  // nothing was begun
  EXPECT_EQ(StallsAbove(meter.stats(), 0), 0U);
  meter.Begin();
  std::this_thread::sleep_for(milliseconds(60));
  meter.End();
  EXPECT_EQ(StallsAbove(meter.stats(), 4), 1U);  // more than 50 ms
  EXPECT_GE(meter.stats().max_seconds, 0.05);
  EXPECT_GE(meter.stats().sum_seconds, 0.05);
}

}  // namespace
}  // namespace espcap::base
