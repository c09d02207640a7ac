// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/overdue_watch.h"

#include <gtest/gtest.h>

#include <vector>

namespace espcap::supervise {
namespace {

using std::chrono::seconds;

struct Look {
  int at;  // seconds
  OverdueWatch::Observation seen;
  bool is_overdue;
  bool each_second = false;  // there were looks before, since the last one
};

TEST(OverdueWatch, WorkThatDoesNotGoOnIsOverdue) {
  constexpr seconds kLimit{10};
  const struct {
    const char* what;
    std::vector<Look> looks;
  } cases[] = {
      {"it works",
       {{0, {1, seconds(0)}, false},
        {60, {2, seconds(60)}, false},
        {120, {3, seconds(120)}, false}}},
      {"it loops",
       {{0, {1, seconds(3)}, false}, {9, {1, seconds(12)}, false}, {10, {1, seconds(13)}, true}}},
      {"the machine is busy", {{0, {1, seconds(0)}, false}, {59, {1, seconds(9)}, false, true}}},
      {"it waits for a disk",
       {{0, {1, seconds(0)}, false},
        {59, {1, seconds(0)}, false, true},
        {60, {1, seconds(0)}, true}}},
      {"the whole run was stopped for an hour",
       {{0, {1, seconds(0)}, false},
        {3600, {1, seconds(0)}, false},
        {3601, {1, seconds(0)}, false}}},
      {"opening an interface takes its time",
       {{0, {1, seconds(0), false, false, seconds(90)}, false},
        {89, {1, seconds(0), false, false, seconds(90)}, false, true},
        {90, {1, seconds(0), false, false, seconds(90)}, true}}},
      {"it waits for a slot",
       {{0, {1, seconds(0)}, false},
        {500, {1, seconds(0), true}, false},
        {509, {1, seconds(9)}, false},
        {510, {1, seconds(10)}, true}}},
      {"it loops before it needs the slot that it may not have",
       {{0, {1, seconds(0), true}, false},
        {9, {1, seconds(9), true}, false},
        {10, {1, seconds(10), true}, true}}},
      {"it waits for a slot, and wakes now and then",
       {{0, {1, seconds(0), true}, false},
        {60, {1, seconds(1), true}, false},
        {120, {1, seconds(2), true}, false}}},
      {"it waits for a pipe",
       {{0, {1, seconds(0), false, true}, false}, {9000, {1, seconds(0), false, true}, false}}},
      {"a pipe's reader loops",
       {{0, {1, seconds(0), false, true}, false}, {20, {1, seconds(10), false, true}, true}}},
      {"its number goes back", {{0, {9, seconds(0)}, false}, {20, {1, seconds(20)}, false}}},
  };
  for (const auto& [what, looks] : cases) {
    OverdueWatch watch;
    OverdueWatch::Clock::time_point last{};
    for (const auto& [at, seen, is_overdue, each_second] : looks) {
      const OverdueWatch::Clock::time_point now{seconds(1000 + at)};
      for (last += seconds(1); each_second && last < now; last += seconds(1)) {
        EXPECT_FALSE(watch.IsOverdue(last, seen, kLimit)) << what;
      }
      last = now;
      EXPECT_EQ(watch.IsOverdue(now, seen, kLimit), is_overdue) << what << " at " << at;
    }
  }
}

}  // namespace
}  // namespace espcap::supervise
