// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/idle_time.h"

#include <gtest/gtest.h>

#include <utility>

namespace espcap::kafka {
namespace {

using std::chrono::seconds;

TEST(IdleTime, IsOfAMemberWithoutPartitions) {
  struct Step {
    int second;
    bool is_member;
    bool has_partitions;
    bool is_over;
  };
  const Step steps[] = {
      // Not let in yet.
      {0, false, false, false},
      {100, false, false, false},
      // Let in, and none is left for it.
      {101, true, false, false},
      {160, true, false, false},
      {161, true, false, true},
      // Joins anew.
      {162, false, false, false},
      {222, true, false, false},
      {223, true, false, true},
      // Has some.
      {224, true, true, false},
      {300, true, true, false},
      // Loses them, and is let in again.
      {301, false, true, false},
      {302, false, false, false},
      {400, false, false, false},
      {460, true, false, false},
      {461, true, false, true},
  };
  const IdleTime::Time start{seconds{1000}};
  IdleTime idle(seconds{30}, start);
  for (const Step& step : steps) {
    const auto now = start + seconds{step.second};
    idle.Note(step.is_member, step.has_partitions, now);
    EXPECT_EQ(idle.IsOver(now), step.is_over) << step.second;
  }
}

// What a dead member had comes once its session has timed out.
TEST(IdleTime, IsLongerThanASession) {
  const IdleTime::Time start{seconds{1000}};
  const std::pair<int, int> limits[] = {{6, 60}, {30, 60}, {31, 61}, {300, 330}};
  for (const auto& [session_s, limit_s] : limits) {
    const IdleTime idle(seconds{session_s}, start);
    EXPECT_FALSE(idle.IsOver(start + seconds{limit_s})) << session_s;
    EXPECT_TRUE(idle.IsOver(start + seconds{limit_s + 1})) << session_s;
  }
}

}  // namespace
}  // namespace espcap::kafka
