// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/death_policy.h"

#include <gtest/gtest.h>

namespace espcap::supervise {
namespace {

struct Case {
  Death death;
  AfterDeath expected;
};

TEST(DeathPolicy, DecidesByWhatWorkersDiedOf) {
  constexpr uint32_t kLast = process::Job::kMaxSkipped;
  const Case cases[] = {
      {{1, 0, 0, 0}, AfterDeath::kTakeUpAgain},
      {{1, 17, 0, 0}, AfterDeath::kTakeUpAgain},  // once is chance: out of memory, a kill
      {{2, 17, 17, 0}, AfterDeath::kLeaveOutFrame},
      {{2, 18, 17, 0}, AfterDeath::kTakeUpAgain},
      {{2, 0, 0, 0}, AfterDeath::kTakeUpAgain},  // twice outside of dissection
      {{30, 99, 99, kLast - 1}, AfterDeath::kLeaveOutFrame},
      {{30, 99, 99, kLast}, AfterDeath::kGiveUp},
      {{kMaxDeaths, 1, 2, 0}, AfterDeath::kTakeUpAgain},
      {{kMaxDeaths + 1, 1, 2, 0}, AfterDeath::kGiveUp},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Decide(c.death), c.expected) << c.death.deaths << " " << c.death.fatal_frame;
  }
}

}  // namespace
}  // namespace espcap::supervise
