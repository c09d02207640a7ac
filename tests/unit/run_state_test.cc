// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/run_state.h"

#include <gtest/gtest.h>

namespace espcap::supervise {
namespace {

using Time = std::chrono::steady_clock::time_point;
using std::chrono::seconds;

constexpr Time kStart{seconds(1000)};

TEST(RunState, AStopLeavesTimeForDeliveryAndThenForTheDisk) {
  struct Case {
    const char* what;
    std::optional<StopReason> stop;
    std::optional<Time> stop_now_at;
    Time begun;
    bool is_late;  // at 1010
    Time close_deadline;
  };
  const Time deadline = kStart + seconds(10);
  const Case cases[] = {
      {"not stopped", {}, {}, kStart + seconds(10), false, Time::max()},
      {"done in time", StopReason::kSignal, {}, kStart + seconds(2), true, deadline + seconds(5)},
      {"late", StopReason::kCount, {}, kStart + seconds(12), true, kStart + seconds(17)},
      {"stop_waiting", StopReason::kSignal, kStart + seconds(3), kStart + seconds(4), true,
       kStart + seconds(4)},
  };
  for (const Case& c : cases) {
    RunState state;
    state.stop = c.stop;
    state.stop_deadline = c.stop_now_at ? Time::min() : deadline;
    state.stop_now_at = c.stop_now_at;
    EXPECT_EQ(IsLate(state, deadline), c.is_late) << c.what;
    EXPECT_EQ(CloseDeadline(state, c.begun), c.close_deadline) << c.what;
  }
}

}  // namespace
}  // namespace espcap::supervise
