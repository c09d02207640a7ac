// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/death_policy.h"

#include <gtest/gtest.h>

#include <csignal>

namespace espcap::supervise {
namespace {

using process::FrameFault;
using process::FrameFaults;
using Kind = FrameFault::Kind;
using std::chrono::milliseconds;

constexpr int Exited(int status) { return status << 8; }

TEST(DeathPolicy, TellsFaultsFromKills) {
  const struct {
    int wait_status;
    std::optional<Kind> own_kill;
    Kind kind;
    int value;
  } cases[] = {
      {SIGSEGV, {}, Kind::kSignal, SIGSEGV},
      {SIGABRT | 0x80, {}, Kind::kSignal, SIGABRT},  // with a core dump
      {SIGTRAP, {}, Kind::kSignal, SIGTRAP},         // GLib without memory
      {Exited(3), {}, Kind::kExit, 3},
      {Exited(0), {}, Kind::kExit, 0},
      {SIGKILL, {}, Kind::kKilled, SIGKILL},
      {SIGTERM, {}, Kind::kKilled, SIGTERM},
      {SIGKILL, Kind::kOverdue, Kind::kOverdue, 0},
      {SIGKILL, Kind::kProtocol, Kind::kProtocol, 0},
      {Exited(0), Kind::kProtocol, Kind::kProtocol, 0},  // faster than the kill
  };
  for (const auto& c : cases) {
    const FrameFault fault = FaultOf(c.wait_status, c.own_kill);
    EXPECT_EQ(fault.kind, c.kind) << c.wait_status;
    EXPECT_EQ(fault.value, c.value) << c.wait_status;
  }
}

TEST(DeathPolicy, DecidesByWhatWorkersDiedOf) {
  constexpr bool kFile = false;
  constexpr bool kStream = true;
  const struct {
    Death death;
    AfterDeath expected;
  } cases[] = {
      {{Kind::kSignal, kFile, 17, 0, 1}, AfterDeath::kBlameFrame},
      {{Kind::kExit, kStream, 17, 0, 1}, AfterDeath::kBlameFrame},
      {{Kind::kOverdue, kFile, 17, 0, 1}, AfterDeath::kBlameFrame},
      {{Kind::kKilled, kFile, 17, 0, 1}, AfterDeath::kResume},  // once is chance
      {{Kind::kKilled, kFile, 17, 17, 2}, AfterDeath::kBlameFrame},
      {{Kind::kKilled, kFile, 18, 17, 2}, AfterDeath::kResume},
      {{Kind::kKilled, kFile, 0, 0, 2}, AfterDeath::kResume},  // outside of dissection
      {{Kind::kKilled, kStream, 0, 0, kMaxStartsWithoutProgress}, AfterDeath::kBlameFirst},
      {{Kind::kSignal, kFile, 0, 0, kMaxFaultsWithoutProgress - 1}, AfterDeath::kResume},
      {{Kind::kSignal, kFile, 0, 0, kMaxFaultsWithoutProgress}, AfterDeath::kGiveUp},
      {{Kind::kSignal, kStream, 0, 0, kMaxFaultsWithoutProgress}, AfterDeath::kBlameFirst},
      {{Kind::kSignal, kFile, 17, 0, kMaxStartsWithoutProgress + 1}, AfterDeath::kGiveUp},
      {{Kind::kSignal, kStream, 17, 0, 1000}, AfterDeath::kBlameFrame},  // a stream never is
      {{Kind::kProtocol, kFile, 17, 0, 1}, AfterDeath::kResume},
      {{Kind::kProtocol, kFile, 99, 17, 2}, AfterDeath::kBlameFirst},  // whatever it says
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Decide(c.death), c.expected) << static_cast<int>(c.death.kind) << " " << c.death.frame
                                           << " " << c.death.starts_without_progress;
  }
}

TEST(DeathPolicy, FramesAreDissectedAgainUpToABound) {
  constexpr uint64_t kFile = 100'000'000;
  EXPECT_FALSE(ExceedsRepeatLimit({1'000'001, 5 * kFile}, kFile));
  EXPECT_FALSE(ExceedsRepeatLimit({1'000'000, 50 * kFile}, kFile));
  EXPECT_TRUE(ExceedsRepeatLimit({1'000'001, 6 * kFile}, kFile));
}

// Deaths have no budget, only a rate.
TEST(DeathRate, TheFirstAreFreeAndTheRestWaits) {
  DeathRate rate;
  DeathRate::Clock::time_point now{std::chrono::hours(1)};
  for (int death = 0; death < 32; ++death) {
    EXPECT_EQ(rate.Add(now, 1), DeathRate::Clock::duration::zero()) << death;
  }
  EXPECT_EQ(rate.Add(now, 1), milliseconds(125));
  for (int death = 0; death < 1000; ++death) {
    now += milliseconds(125);
    EXPECT_LE(rate.Add(now, 1), milliseconds(130)) << death;
  }
  now += std::chrono::seconds(10);
  EXPECT_EQ(rate.Add(now, 1), DeathRate::Clock::duration::zero());
}

TEST(DeathRate, WithoutProgressTheWaitGrows) {
  DeathRate rate;
  const DeathRate::Clock::time_point now{std::chrono::hours(1)};
  EXPECT_EQ(rate.Add(now, 1), milliseconds(0));
  EXPECT_EQ(rate.Add(now, 2), milliseconds(100));
  EXPECT_EQ(rate.Add(now, 3), milliseconds(200));
  EXPECT_EQ(rate.Add(now, 4), milliseconds(400));
  EXPECT_EQ(rate.Add(now, 20), milliseconds(5000));
}

TEST(FrameFaults, AreFoundAndUsedForLessEachTime) {
  FrameFaults faults;
  for (const uint32_t frame : {17U, 3U, 40U}) faults.Add({.frame = frame});
  EXPECT_EQ(faults.Find(4), nullptr);
  EXPECT_EQ(faults.Find(FrameFault::kFirst), nullptr);
  for (const auto use : {FrameFault::Use::kKeep, FrameFault::Use::kDocument,
                         FrameFault::Use::kNothing, FrameFault::Use::kNothing}) {
    ASSERT_NE(faults.Find(17), nullptr);
    EXPECT_EQ(faults.Find(17)->use, use);
    faults.Add({.frame = 17});
  }
  faults.Add({.frame = FrameFault::kFirst});
  faults.RemoveUpTo(17);
  EXPECT_EQ(faults.Find(3), nullptr);
  EXPECT_EQ(faults.Find(17), nullptr);
  EXPECT_NE(faults.Find(40), nullptr);
  EXPECT_NE(faults.Find(FrameFault::kFirst), nullptr);
  faults.Remove(FrameFault::kFirst);
  faults.Remove(40);
  EXPECT_TRUE(faults.empty());
  for (uint32_t frame = FrameFaults::kMax; frame > 0; --frame) faults.Add({.frame = frame});
  EXPECT_TRUE(faults.full());
  EXPECT_EQ(faults.Find(50)->frame, 50U);
}

}  // namespace
}  // namespace espcap::supervise
