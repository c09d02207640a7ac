// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/stream_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "temporary_directory.h"

namespace espcap::sink {
namespace {

using espcap::testing::ReadWhole;
using espcap::testing::TemporaryDirectory;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Documents of ten bytes each.
class Documents {
 public:
  explicit Documents(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      spans_.push_back({text_.size(), 10, static_cast<uint32_t>(i + 1)});
      text_ += "{\"a\":123}\n";
    }
  }
  [[nodiscard]] Batch AsBatch(uint32_t slot) const { return {text_, spans_, nullptr, slot}; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<DocumentSpan> spans_;
};

class StreamSinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    loop_ = base::EventLoop::Create().value();
    writes_ = base::WriteThread::Create(*loop_, 100).value();
  }

  void Open(const std::string& path) {
    auto file = OutputFile::Open(path, OutputFile::Existing::kEmpty, writes_->stop_waiting_flag());
    ASSERT_TRUE(file) << file.error().message;
    sink_ = std::make_unique<StreamSink>(std::move(*file), *writes_);
  }

  // A pipe for the sink; what it is given to read from.
  base::FileDescriptor OpenPipe(int flags = 0) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const base::FileDescriptor writer(ends[1]);
    Open("/proc/self/fd/" + std::to_string(ends[1]));
    if (flags != 0) {
      // As a parent leaves it behind: by the description that both have.
      EXPECT_EQ(::fcntl(ends[1], F_SETFL, flags), 0);
      const int saved = ::dup(STDOUT_FILENO);
      EXPECT_GE(::dup2(ends[1], STDOUT_FILENO), 0);
      Open("-");
      ::dup2(saved, STDOUT_FILENO);
      ::close(saved);
    }
    return base::FileDescriptor(ends[0]);
  }

  Result<void> PollUntilIdle() {
    const auto deadline = base::EventLoop::Clock::now() + seconds(10);
    for (;;) {
      if (auto polled = sink_->Poll(ledger_); !polled) return polled;
      if (sink_->Idle()) return {};
      if (base::EventLoop::Clock::now() > deadline) return Fail("not idle in time");
      loop_->RunOnce(deadline);
    }
  }

  std::vector<std::pair<uint32_t, bool>> Events() {
    std::vector<std::pair<uint32_t, bool>> events;
    for (const DeliveryEvent& event : sink_->DrainEvents()) {
      events.emplace_back(event.slot, event.delivery == Delivery::kAcknowledged);
    }
    return events;
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_.Path("out.ndjson");
  std::unique_ptr<base::EventLoop> loop_;
  std::unique_ptr<base::WriteThread> writes_;
  std::unique_ptr<StreamSink> sink_;
  Ledger ledger_;
};

TEST_F(StreamSinkTest, EachBatchIsSettledOnceAndInOrder) {
  Open(path_);
  const Documents documents(2);
  const Documents none(0);
  ASSERT_TRUE(sink_->Submit(documents.AsBatch(7), ledger_));
  ASSERT_TRUE(sink_->Submit(none.AsBatch(3), ledger_));
  ASSERT_TRUE(sink_->Submit(documents.AsBatch(4), ledger_));
  ASSERT_TRUE(PollUntilIdle());
  EXPECT_EQ(Events(), (std::vector<std::pair<uint32_t, bool>>{{7, true}, {3, true}, {4, true}}));
  EXPECT_TRUE(Events().empty());
  EXPECT_EQ(ledger_.written, 4U);
  EXPECT_EQ(ReadWhole(path_), documents.text() + documents.text());
}

TEST_F(StreamSinkTest, NothingIsWrittenAfterAnError) {
  Open("/dev/full");
  const Documents documents(2);
  for (uint32_t slot = 0; slot < 3; ++slot) {
    ASSERT_TRUE(sink_->Submit(documents.AsBatch(slot), ledger_));
  }
  ASSERT_TRUE(writes_->Finish(base::EventLoop::Clock::now() + seconds(10)));
  const auto polled = sink_->Poll(ledger_);
  ASSERT_FALSE(polled);
  EXPECT_EQ(polled.error().message, "write /dev/full: No space left on device");
  EXPECT_TRUE(sink_->Idle());
  EXPECT_EQ(ledger_.written, 0U);
  EXPECT_EQ(ledger_.failed, 6U);
  EXPECT_EQ(Events().size(), 3U);
}

// However long its reader waits, whole documents that it has are written, and the others abandoned.
TEST_F(StreamSinkTest, AReaderThatStallsCostsWhatItHasNotRead) {
  const auto reader = OpenPipe();
  const Documents many(100'000);
  const Documents few(3);
  ASSERT_TRUE(sink_->Submit(many.AsBatch(1), ledger_));
  ASSERT_TRUE(sink_->Submit(few.AsBatch(2), ledger_));
  loop_->RunOnce(base::EventLoop::Clock::now() + milliseconds(100));
  ASSERT_TRUE(sink_->Poll(ledger_));
  EXPECT_FALSE(sink_->Idle());
  writes_->StopWaiting();
  ASSERT_TRUE(writes_->Finish(base::EventLoop::Clock::now() + seconds(10)));
  const auto polled = sink_->Poll(ledger_);
  ASSERT_FALSE(polled);
  EXPECT_NE(polled.error().message.find("has not read on in time"), std::string::npos);
  sink_.reset();
  std::string read(2'000'000, '\0');
  const ssize_t bytes = ::read(reader.get(), read.data(), read.size());
  ASSERT_GT(bytes, 0);
  EXPECT_EQ(ledger_.written, static_cast<uint64_t>(bytes) / 10);
  EXPECT_EQ(ledger_.abandoned, 100'003 - ledger_.written);
  EXPECT_EQ(ledger_.failed, 0U);
}

TEST_F(StreamSinkTest, AFullSinkIsNotReady) {
  const auto reader = OpenPipe();
  const Documents many(100'000);
  uint32_t slot = 0;
  while (sink_->Ready()) ASSERT_TRUE(sink_->Submit(many.AsBatch(++slot), ledger_));
  EXPECT_EQ(slot, 4U);
  sink_->GiveUp(ledger_);
  EXPECT_EQ(ledger_.abandoned, 400'000U);
  writes_.reset();  // ends while it writes
}

// As `espcap … | program` where the program, or the shell's terminal, made it so.
TEST_F(StreamSinkTest, AnOutputThatNeverWaitsLosesNothing) {
  const auto reader = OpenPipe(O_NONBLOCK);
  const Documents many(50'000);
  ASSERT_TRUE(sink_->Submit(many.AsBatch(1), ledger_));
  std::string all;
  std::array<char, 7000> piece{};
  while (all.size() < many.text().size()) {
    const ssize_t bytes = ::read(reader.get(), piece.data(), piece.size());
    ASSERT_GT(bytes, 0);
    all.append(piece.data(), static_cast<size_t>(bytes));
  }
  ASSERT_TRUE(PollUntilIdle());
  EXPECT_EQ(all, many.text());
  EXPECT_EQ(ledger_.written, 50'000U);
}

TEST_F(StreamSinkTest, IsClosedOnceTheFileIsWhole) {
  const std::string path = directory_.Path("out.gz");
  Open(path);
  sink_->Close();
  EXPECT_FALSE(sink_->Closed());
  ASSERT_TRUE(writes_->Finish(base::EventLoop::Clock::now() + seconds(10)));
  EXPECT_TRUE(sink_->Poll(ledger_));
  EXPECT_TRUE(sink_->Closed());
  EXPECT_GT(ReadWhole(path).size(), 0U);  // a gzip member of nothing
}

TEST_F(StreamSinkTest, SyncIsToldOfInTheLoop) {
  Open(path_);
  bool is_synced = false;
  sink_->Sync([&is_synced](const Result<void>& synced) { is_synced = synced.has_value(); });
  EXPECT_FALSE(is_synced);
  ASSERT_TRUE(writes_->Finish(base::EventLoop::Clock::now() + seconds(10)));
  EXPECT_TRUE(is_synced);
}

}  // namespace
}  // namespace espcap::sink
