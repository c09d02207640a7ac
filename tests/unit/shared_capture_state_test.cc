// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/shared_capture_state.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>

namespace espcap::live {
namespace {

std::unique_ptr<SharedCaptureState> NewBoard(const RunLimits& limits = {}) {
  auto board = SharedCaptureState::Create(limits);
  EXPECT_TRUE(board) << board.error().message;
  return std::move(*board);
}

SharedCaptureState::Place Take(SharedCaptureState& board, time_t seconds, uint64_t bytes = 100) {
  SharedCaptureState::NumberingLock turn(board);
  return turn.Take({seconds, 5}, bytes);
}

TEST(SharedCaptureState, NumbersPacketsWithTheTimesBeforeThem) {
  const auto board = NewBoard();
  const auto first = Take(*board, 10);
  const auto second = Take(*board, 12);
  const auto third = Take(*board, 11);  // the clock was set back
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
  const auto board = NewBoard();
  board->StartAfter(UINT32_MAX - 1);
  const auto last = Take(*board, 1);
  const auto next = Take(*board, 2);
  EXPECT_EQ(last.frame_number, UINT32_MAX);
  EXPECT_EQ(next.frame_number, 1U);
  EXPECT_EQ(last.number, uint64_t{UINT32_MAX});
  EXPECT_EQ(next.number, uint64_t{UINT32_MAX} + 1);
}

TEST(SharedCaptureState, IsOverAtEitherLimit) {
  const auto by_packets = NewBoard({2, 0});
  Take(*by_packets, 1);
  EXPECT_FALSE(by_packets->IsOver());
  Take(*by_packets, 2);
  EXPECT_TRUE(by_packets->IsOver());
  const auto by_bytes = NewBoard({0, 150});
  Take(*by_bytes, 1);
  EXPECT_FALSE(by_bytes->IsOver());
  Take(*by_bytes, 2);  // goes beyond
  EXPECT_TRUE(by_bytes->IsOver());
}

TEST(SharedCaptureState, CountsApartAndTogether) {
  const auto board = NewBoard();
  board->CountReceived(0, 60);
  board->CountRingDrop(0, 7, 40);
  board->CountReceived(63, 1);
  board->AddKernelDrops(63, 4, 5);
  const InterfaceCounts first = board->CountsOf(0);
  EXPECT_EQ(first.received, 2U);
  EXPECT_EQ(first.bytes, 100U);
  EXPECT_EQ(first.ring_dropped, 1U);
  EXPECT_EQ(board->RingDrops(7), 1U);
  EXPECT_EQ(board->RingDrops(0), 0U);
  const InterfaceCounts total = board->Total();
  EXPECT_EQ(total.received, 3U);
  EXPECT_EQ(total.kernel_dropped, 4U);
  EXPECT_EQ(total.interface_dropped, 5U);
}

TEST(SharedCaptureState, GoesOnAfterAProcessThatDiedInItsTurn) {
  const auto board = NewBoard();
  const pid_t process = ::fork();
  if (process == 0) {
    SharedCaptureState::NumberingLock turn(*board);
    turn.Take({1, 0}, 1);
    ::_exit(0);
  }
  ASSERT_GT(process, 0);
  ::waitpid(process, nullptr, 0);
  EXPECT_EQ(Take(*board, 2).frame_number, 2U);
}

}  // namespace
}  // namespace espcap::live
