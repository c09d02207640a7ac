// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/shared_capture_state.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>

namespace espcap::live {
namespace {

std::unique_ptr<SharedCaptureState> NewBoard(const RunLimits& limits = {}) {
  auto shared_state = SharedCaptureState::Create(limits);
  EXPECT_TRUE(shared_state) << shared_state.error().message;
  return std::move(*shared_state);
}

SharedCaptureState::Place NextPlace(SharedCaptureState& shared_state, time_t seconds,
                                    uint64_t bytes = 100) {
  SharedCaptureState::NumberingLock lock(shared_state);
  return lock.NextPlace({seconds, 5}, bytes);
}

TEST(SharedCaptureState, NumbersPacketsWithTheTimesBeforeThem) {
  const auto shared_state = NewBoard();
  const auto first = NextPlace(*shared_state, 10);
  const auto second = NextPlace(*shared_state, 12);
  const auto third = NextPlace(*shared_state, 11);  // the clock was set back
  EXPECT_EQ(first.frame_number, 1U);
  EXPECT_EQ(second.frame_number, 2U);
  EXPECT_EQ(third.frame_number, 3U);
  EXPECT_EQ(third.first_time.secs, 10);
  EXPECT_EQ(third.previous_time.secs, 12);
  EXPECT_EQ(third.previous_time.nsecs, 5);
  EXPECT_EQ(third.number, 3U);
}

// Those of frames have 32 bits; ids are made of the other one.
TEST(SharedCaptureState, FramesBeginAnewWhenTheirNumbersAreUsedUp) {
  const auto shared_state = NewBoard();
  shared_state->StartAfter(UINT32_MAX - 1);
  const auto last = NextPlace(*shared_state, 1);
  const auto next = NextPlace(*shared_state, 2);
  EXPECT_EQ(last.frame_number, UINT32_MAX);
  EXPECT_EQ(next.frame_number, 1U);
  EXPECT_EQ(last.number, uint64_t{UINT32_MAX});
  EXPECT_EQ(next.number, uint64_t{UINT32_MAX} + 1);
}

TEST(SharedCaptureState, IsOverAtEitherLimit) {
  const auto by_packets = NewBoard({2, 0});
  NextPlace(*by_packets, 1);
  EXPECT_FALSE(by_packets->IsOver());
  NextPlace(*by_packets, 2);
  EXPECT_TRUE(by_packets->IsOver());
  const auto by_bytes = NewBoard({0, 150});
  NextPlace(*by_bytes, 1);
  EXPECT_FALSE(by_bytes->IsOver());
  NextPlace(*by_bytes, 2);  // goes beyond
  EXPECT_TRUE(by_bytes->IsOver());
}

TEST(SharedCaptureState, CountsApartAndTogether) {
  const auto shared_state = NewBoard();
  shared_state->CountReceived(0, 60);
  shared_state->CountRingDrop(0, 7, 40);
  shared_state->CountReceived(63, 1);
  shared_state->AddKernelDrops(63, 4, 5);
  const InterfaceCounts first = shared_state->CountsOf(0);
  EXPECT_EQ(first.received, 2U);
  EXPECT_EQ(first.bytes, 100U);
  EXPECT_EQ(first.ring_dropped, 1U);
  EXPECT_EQ(shared_state->RingDrops(7), 1U);
  EXPECT_EQ(shared_state->RingDrops(0), 0U);
  const InterfaceCounts total = shared_state->Total();
  EXPECT_EQ(total.received, 3U);
  EXPECT_EQ(total.kernel_dropped, 4U);
  EXPECT_EQ(total.interface_dropped, 5U);
}

TEST(SharedCaptureState, GoesOnAfterAProcessThatDiedInItsTurn) {
  const auto shared_state = NewBoard();
  const pid_t process = ::fork();
  if (process == 0) {
    SharedCaptureState::NumberingLock lock(*shared_state);
    lock.NextPlace({1, 0}, 1);
    ::_exit(0);
  }
  ASSERT_GT(process, 0);
  ::waitpid(process, nullptr, 0);
  EXPECT_EQ(NextPlace(*shared_state, 2).frame_number, 2U);
}

}  // namespace
}  // namespace espcap::live
