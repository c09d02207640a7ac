// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace espcap::base {
namespace {

using std::chrono::milliseconds;
using Clock = EventLoop::Clock;

class EventLoopTest : public ::testing::Test {
 protected:
  EventLoopTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    read_end_ = FileDescriptor(ends[0]);
    write_end_ = FileDescriptor(ends[1]);
  }

  void Write() const { EXPECT_EQ(::write(write_end_.get(), "x", 1), 1); }
  void Turn(milliseconds time = milliseconds(0)) const { loop_->RunOnce(Clock::now() + time); }

  const std::unique_ptr<EventLoop> loop_ = std::move(*EventLoop::Create());
  FileDescriptor read_end_;
  FileDescriptor write_end_;
};

TEST_F(EventLoopTest, CallsBackAsLongAsADescriptorIsReady) {
  int calls = 0;
  const auto watch = loop_->Add(read_end_.get(), EventLoop::kReadable, [&calls](uint32_t ready) {
    EXPECT_EQ(ready, uint32_t{EventLoop::kReadable});
    ++calls;
  });
  Turn();
  EXPECT_EQ(calls, 0);
  Write();
  Turn(milliseconds(10'000));
  Turn(milliseconds(10'000));
  EXPECT_EQ(calls, 2);
}

TEST_F(EventLoopTest, ReportsBothEventsWhereTheOtherEndIsGone) {
  uint32_t ready = 0;
  const auto watch = loop_->Add(read_end_.get(), 0, [&ready](uint32_t events) { ready = events; });
  write_end_ = {};
  Turn(milliseconds(10'000));
  EXPECT_EQ(ready, uint32_t{EventLoop::kReadable | EventLoop::kWritable});
}

TEST_F(EventLoopTest, WhatIsWaitedForCanChange) {
  int calls = 0;
  const auto watch =
      loop_->Add(write_end_.get(), EventLoop::kWritable, [&calls](uint32_t) { ++calls; });
  Turn();
  watch.SetEvents(0);
  Turn();
  EXPECT_EQ(calls, 1);
  watch.SetEvents(EventLoop::kWritable);
  Turn();
  EXPECT_EQ(calls, 2);
}

TEST_F(EventLoopTest, ACallbackCanRemoveItselfAndOthers) {
  const FileDescriptor other(::dup(read_end_.get()));
  std::optional<EventLoop::Watch> first;
  std::optional<EventLoop::Watch> second;
  int calls = 0;
  const auto remove_both = [&](uint32_t) {
    ++calls;
    first.reset();
    second.reset();
  };
  first = loop_->Add(read_end_.get(), EventLoop::kReadable, remove_both);
  second = loop_->Add(other.get(), EventLoop::kReadable, remove_both);
  Write();
  Turn();
  Turn();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, ADescriptorThatIsClosedCanBeUsedAgain) {
  int calls = 0;
  auto watch = loop_->Add(read_end_.get(), EventLoop::kReadable, [&calls](uint32_t) { ++calls; });
  watch = {};
  watch = loop_->Add(read_end_.get(), EventLoop::kReadable, [&calls](uint32_t) { calls += 10; });
  Write();
  Turn();
  EXPECT_EQ(calls, 10);
}

TEST_F(EventLoopTest, TimersComeInTheirOrderAndOnce) {
  std::vector<int> fired;
  EventLoop::Timer later(*loop_, [&fired] { fired.push_back(2); });
  EventLoop::Timer sooner(*loop_, [&fired] { fired.push_back(1); });
  EventLoop::Timer cancelled(*loop_, [&fired] { fired.push_back(3); });
  const auto now = Clock::now();
  later.Set(now + milliseconds(2));
  sooner.Set(now + milliseconds(1));
  cancelled.Set(now);
  cancelled.Cancel();
  while (fired.size() < 2) Turn(milliseconds(10'000));
  EXPECT_EQ(fired, (std::vector<int>{1, 2}));
  EXPECT_FALSE(later.deadline());
  Turn(milliseconds(5));
  EXPECT_EQ(fired.size(), 2U);
}

TEST_F(EventLoopTest, ATimerThatIsSetByItsCallbackComesInAnotherTurn) {
  int calls = 0;
  EventLoop::Timer* own = nullptr;
  EventLoop::Timer timer(*loop_, [&] {
    ++calls;
    own->Set(Clock::now());
  });
  own = &timer;
  timer.Set(Clock::now());
  Turn();
  EXPECT_EQ(calls, 1);
  Turn();
  EXPECT_EQ(calls, 2);
}

TEST_F(EventLoopTest, WaitsNoLongerThanItMay) {
  const auto begin = Clock::now();
  Turn(milliseconds(20));
  EXPECT_GE(Clock::now() - begin, milliseconds(20));
}

}  // namespace
}  // namespace espcap::base
