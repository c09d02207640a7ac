// SPDX-License-Identifier: GPL-2.0-or-later
#include "deliver/stream_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "file_size_limit.h"
#include "redirected_descriptor.h"
#include "temporary_directory.h"

namespace espcap::deliver {
namespace {

using espcap::testing::FileSizeLimit;
using espcap::testing::ReadWhole;
using espcap::testing::RedirectedDescriptor;
using espcap::testing::TemporaryDirectory;

// Documents and the memory that a batch of them borrows.
class Documents {
 public:
  Documents(std::initializer_list<std::string_view> documents) {
    for (const std::string_view document : documents) {
      spans_.push_back({text_.size(), document.size(), static_cast<uint32_t>(spans_.size()) + 1});
      text_ += document;
    }
  }

  [[nodiscard]] Batch AsBatch(uint32_t slot = 0) const { return {text_, spans_, nullptr, slot}; }

 private:
  std::string text_;
  std::vector<DocumentSpan> spans_;
};

class StreamSinkTest : public ::testing::Test {
 protected:
  std::unique_ptr<StreamSink> Open(const std::string& path) {
    auto sink = StreamSink::Open(path);
    if (!sink) throw std::runtime_error(sink.error().message);
    return std::move(*sink);
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_.Path("out.ndjson");
  Ledger ledger_;
};

TEST_F(StreamSinkTest, WritesWholeDocumentsInOrder) {
  const auto sink = Open(path_);
  const Documents first({"{\"a\":1}\n", "{\"b\":2}\n"});
  const Documents second({"{\"c\":3}\n"});
  ASSERT_TRUE(sink->Submit(first.AsBatch(), ledger_));
  EXPECT_EQ(ReadWhole(path_), "{\"a\":1}\n{\"b\":2}\n");  // nothing is held back
  ASSERT_TRUE(sink->Submit(second.AsBatch(), ledger_));
  ASSERT_TRUE(sink->Drain(ledger_));
  EXPECT_EQ(ReadWhole(path_), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
  EXPECT_EQ(ledger_.written, 3U);
  EXPECT_EQ(ledger_.failed, 0U);
}

TEST_F(StreamSinkTest, SaysOnceThatEachBatchIsSettled) {
  const auto sink = Open("/dev/full");
  std::vector<uint32_t> settled;
  sink->OnSettled([&settled](uint32_t slot, bool /*delivered*/) { settled.push_back(slot); });
  EXPECT_TRUE(sink->Ready());
  EXPECT_TRUE(sink->Submit(Documents({}).AsBatch(7), ledger_));
  EXPECT_FALSE(sink->Submit(Documents({"{}\n"}).AsBatch(3), ledger_));
  EXPECT_EQ(settled, (std::vector<uint32_t>{7, 3}));
}

TEST_F(StreamSinkTest, AnEmptyBatchWritesNothing) {
  const auto sink = Open(path_);
  const Documents batch({});
  ASSERT_TRUE(sink->Submit(batch.AsBatch(), ledger_));
  EXPECT_EQ(ReadWhole(path_), "");
  EXPECT_EQ(ledger_.written, 0U);
}

TEST_F(StreamSinkTest, ReplacesWhatTheFileHeld) {
  directory_.Write("out.ndjson", "a longer text of an earlier run\n");
  const Documents batch({"{}\n"});
  ASSERT_TRUE(Open(path_)->Submit(batch.AsBatch(), ledger_));
  EXPECT_EQ(ReadWhole(path_), "{}\n");
}

TEST_F(StreamSinkTest, ADashIsStandardOutput) {
  {
    const RedirectedDescriptor output(STDOUT_FILENO, path_, O_WRONLY | O_CREAT);
    const Documents batch({"{}\n"});
    EXPECT_TRUE(Open("-")->Submit(batch.AsBatch(), ledger_));
  }
  EXPECT_EQ(ReadWhole(path_), "{}\n");
}

TEST_F(StreamSinkTest, APathThatCantBeOpenedIsAnErrorThatNamesIt) {
  struct Case {
    std::string path;
    const char* reason;
  };
  const Case cases[] = {
      {directory_.Path("missing/out.ndjson"), "No such file or directory"},
      {directory_.Path(), "Is a directory"},
      {directory_.Write("file", "") + "/out.ndjson", "Not a directory"},
      {"", "No such file or directory"},
  };
  for (const Case& c : cases) {
    const auto sink = StreamSink::Open(c.path);
    ASSERT_FALSE(sink) << c.path;
    EXPECT_EQ(sink.error().message, "open " + c.path + " for writing: " + c.reason);
  }
}

TEST_F(StreamSinkTest, ADeviceThatIsFullFailsEveryDocument) {
  const auto sink = Open("/dev/full");
  const Documents batch({"{\"a\":1}\n", "{\"b\":2}\n"});
  const auto submitted = sink->Submit(batch.AsBatch(), ledger_);
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().message, "write /dev/full: No space left on device");
  EXPECT_EQ(ledger_.written, 0U);
  EXPECT_EQ(ledger_.failed, 2U);
}

TEST_F(StreamSinkTest, AReaderThatIsGoneIsCalledSo) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const base::FileDescriptor write_end(ends[1]);
  const auto sink = Open("/proc/self/fd/" + std::to_string(ends[1]));
  ASSERT_EQ(::close(ends[0]), 0);
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  const Documents batch({"{}\n"});
  const auto submitted = sink->Submit(batch.AsBatch(), ledger_);
  static_cast<void>(std::signal(SIGPIPE, handler));
  ASSERT_FALSE(submitted);
  EXPECT_NE(submitted.error().message.find("the program that reads it has ended"),
            std::string::npos)
      << submitted.error().message;
  EXPECT_EQ(ledger_.failed, 1U);
}

struct CutCase {
  rlim_t limit;
  const char* file;  // after documents "{\"a\":1}\n", "{\"b\":2}\n" and "{\"c\":3}\n"
  uint64_t written;
};

TEST_F(StreamSinkTest, AFileIsCutBackToItsLastWholeDocument) {
  const CutCase cases[] = {
      {0, "", 0},
      {5, "", 0},
      {7, "", 0},  // only the line end is missing
      {8, "{\"a\":1}\n", 1},
      {9, "{\"a\":1}\n", 1},
      {15, "{\"a\":1}\n", 1},
      {16, "{\"a\":1}\n{\"b\":2}\n", 2},
      {23, "{\"a\":1}\n{\"b\":2}\n", 2},
  };
  for (const CutCase& c : cases) {
    SCOPED_TRACE(c.limit);
    const auto sink = Open(path_);
    const Documents batch({"{\"a\":1}\n", "{\"b\":2}\n", "{\"c\":3}\n"});
    Ledger ledger;
    Result<void> submitted;
    {
      const FileSizeLimit limit(c.limit);
      submitted = sink->Submit(batch.AsBatch(), ledger);
    }
    ASSERT_FALSE(submitted);
    EXPECT_EQ(submitted.error().message, "write " + path_ + ": File too large");
    EXPECT_EQ(ReadWhole(path_), c.file);
    EXPECT_EQ(ledger.written, c.written);
    EXPECT_EQ(ledger.failed, 3 - c.written);
  }
}

TEST_F(StreamSinkTest, ACutLeavesEarlierBatchesAlone) {
  const auto sink = Open(path_);
  const Documents first({"{\"earlier\":0}\n"});
  const Documents second({"{\"a\":1}\n", "{\"b\":2}\n"});
  ASSERT_TRUE(sink->Submit(first.AsBatch(), ledger_));
  {
    const FileSizeLimit limit(17);
    ASSERT_FALSE(sink->Submit(second.AsBatch(), ledger_));
  }
  EXPECT_EQ(ReadWhole(path_), "{\"earlier\":0}\n");
  EXPECT_EQ(ledger_.written, 1U);
  EXPECT_EQ(ledger_.failed, 2U);
}

// `(espcap …; more) > file`: both write by one offset.
TEST_F(StreamSinkTest, WhatIsWrittenAfterACutFollowsTheLastWholeDocument) {
  {
    const RedirectedDescriptor output(STDOUT_FILENO, path_, O_WRONLY | O_CREAT);
    const auto sink = Open("-");
    const Documents batch({"{\"a\":1}\n", "{\"b\":2}\n"});
    {
      const FileSizeLimit limit(12);
      EXPECT_FALSE(sink->Submit(batch.AsBatch(), ledger_));
    }
    EXPECT_EQ(::write(STDOUT_FILENO, "next\n", 5), 5);
  }
  EXPECT_EQ(ReadWhole(path_), "{\"a\":1}\nnext\n");
}

}  // namespace
}  // namespace espcap::deliver
