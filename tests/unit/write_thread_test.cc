// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/write_thread.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/file_descriptor.h"

namespace espcap::base {
namespace {

using Clock = WriteThread::Clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

class WriteThreadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loop = EventLoop::Create();
    ASSERT_TRUE(loop.has_value()) << loop.error().message;
    loop_ = std::move(*loop);
    auto writes = WriteThread::Create(*loop_, 4);
    ASSERT_TRUE(writes.has_value()) << writes.error().message;
    writes_ = std::move(*writes);
  }

  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<WriteThread> writes_;
};

// A pipe that nobody empties.
struct FullPipe {
  FullPipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    reader = FileDescriptor(ends[0]);
    writer = FileDescriptor(ends[1]);
  }
  FileDescriptor reader;
  FileDescriptor writer;
};

int WriteUntilStopWaiting(int file, const WriteThread::StopWaitingFlag& stop_waiting) {
  const std::string much(1U << 20U, 'x');
  while (!*stop_waiting) {
    if (::write(file, much.data(), much.size()) < 0 && errno != EINTR) return errno;
  }
  return EINTR;
}

TEST_F(WriteThreadTest, WorkIsDoneInOrderElsewhereAndToldOfInTheLoop) {
  const auto here = std::this_thread::get_id();
  std::vector<int> worked;
  std::vector<int> told;
  for (int i = 0; i < 4; ++i) {
    writes_->Post(
        [i, &worked, here] {
          worked.push_back(i);
          return std::this_thread::get_id() != here;
        },
        [i, &told, here](bool was_elsewhere) {
          EXPECT_TRUE(was_elsewhere);
          EXPECT_EQ(std::this_thread::get_id(), here);
          told.push_back(i);
        });
  }
  EXPECT_FALSE(writes_->HasRoom());
  const auto deadline = Clock::now() + seconds(10);
  while (writes_->posted() > 0 && Clock::now() < deadline) loop_->RunOnce(deadline);
  EXPECT_EQ(worked, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(told, worked);
  EXPECT_TRUE(writes_->HasRoom());
}

TEST_F(WriteThreadTest, ResultsMayPostMore) {
  int told = 0;
  writes_->Post([] { return 1; },
                [&](int first) {
                  writes_->Post([first] { return first + 1; }, [&told](int last) { told = last; });
                });
  EXPECT_TRUE(writes_->Finish(Clock::now() + seconds(10)));
  EXPECT_EQ(told, 2);
}

TEST_F(WriteThreadTest, AReaderWhoStallsHoldsUpNobodyElse) {
  const FullPipe pipe;
  int error = 0;
  writes_->Post(
      [file = pipe.writer.get(), stop_waiting = writes_->stop_waiting_flag()] {
        return WriteUntilStopWaiting(file, stop_waiting);
      },
      [&error](int result) { error = result; });
  const auto begin = Clock::now();
  loop_->RunOnce(begin + milliseconds(50));
  EXPECT_LT(Clock::now() - begin, seconds(5));
  EXPECT_FALSE(writes_->Finish(Clock::now() + milliseconds(50)));
  EXPECT_EQ(error, 0);
  writes_->StopWaiting();
  EXPECT_TRUE(writes_->Finish(Clock::now() + seconds(10)));
  EXPECT_EQ(error, EINTR);
}

TEST_F(WriteThreadTest, AnEndDropsWhatHasNotBegun) {
  const FullPipe pipe;
  bool was_told = false;
  bool was_begun = false;
  const auto tell = [&was_told](int /*result*/) { was_told = true; };
  writes_->Post(
      [file = pipe.writer.get(), stop_waiting = writes_->stop_waiting_flag()] {
        return WriteUntilStopWaiting(file, stop_waiting);
      },
      tell);
  writes_->Post([&was_begun] { return static_cast<int>(was_begun = true); }, tell);
  std::this_thread::sleep_for(milliseconds(20));
  writes_.reset();
  EXPECT_FALSE(was_begun);
  EXPECT_FALSE(was_told);
}

TEST_F(WriteThreadTest, NoWorkNoThread) {
  EXPECT_EQ(writes_->posted(), 0U);
  EXPECT_TRUE(writes_->Finish(Clock::now()));
}

}  // namespace
}  // namespace espcap::base
