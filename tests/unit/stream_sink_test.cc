// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/stream_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "decompressed.h"
#include "file_size_limit.h"
#include "redirected_descriptor.h"
#include "temporary_directory.h"

namespace espcap::sink {
namespace {

using espcap::testing::Decompressed;
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

  // As a worker hands it over. The batch borrows from here.
  [[nodiscard]] Batch AsCompressed(Compression compression) {
    compressed_.resize(text_.size() + 1000);
    const auto bytes = base::Compressor::Make(compression)->Compress(text_, compressed_);
    return {text_, spans_, nullptr, 0, compression, {compressed_.data(), bytes.value()}};
  }

 private:
  std::string text_;
  std::string compressed_;
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
  ASSERT_TRUE(sink->Close(ledger_));
  EXPECT_EQ(ReadWhole(path_), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
  EXPECT_EQ(ledger_.written, 3U);
  EXPECT_EQ(ledger_.failed, 0U);
}

TEST_F(StreamSinkTest, SaysOnceThatEachBatchIsSettled) {
  const auto sink = Open("/dev/full");
  EXPECT_TRUE(sink->Ready());
  EXPECT_TRUE(sink->Submit(Documents({}).AsBatch(7), ledger_));
  EXPECT_FALSE(sink->Submit(Documents({"{}\n"}).AsBatch(3), ledger_));
  std::vector<uint32_t> settled;
  for (const DeliveryEvent& event : sink->TakeEvents()) settled.push_back(event.slot);
  EXPECT_EQ(settled, (std::vector<uint32_t>{7, 3}));
  EXPECT_TRUE(sink->TakeEvents().empty());
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

TEST_F(StreamSinkTest, KeepsWholeLinesOfAnEarlierRun) {
  const std::string line(200'000, 'x');
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"{}\n", "{}\n"},
      {"{}\n{\"cut", "{}\n"},
      {"no line at all", ""},
      {"{}\n" + line, "{}\n"},
      {line + "\n" + line + "\n" + line, line + "\n" + line + "\n"},
  };
  for (const auto& [before, kept] : cases) {
    directory_.Write("out.ndjson", before);
    auto sink = StreamSink::Open(path_, StreamSink::Existing::kKeep);
    ASSERT_TRUE(sink) << sink.error().message;
    ASSERT_TRUE((*sink)->Submit(Documents({"{\"new\":1}\n"}).AsBatch(), ledger_));
    EXPECT_TRUE((*sink)->Sync());
    EXPECT_EQ(ReadWhole(path_), kept + "{\"new\":1}\n");
  }
}

TEST_F(StreamSinkTest, SyncsWhatCanBeSynced) {
  EXPECT_TRUE(Open("/dev/null")->Sync());
  EXPECT_TRUE(Open(path_)->Sync());
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

TEST(StreamSink, TheEndOfItsNameSaysHowAFileIsCompressed) {
  struct Case {
    const char* path;
    Compression compression;
  };
  const Case cases[] = {
      {"-", Compression::kNone},           {"a", Compression::kNone},
      {"a.ndjson", Compression::kNone},    {"a.ndjson.gz", Compression::kGzip},
      {"/b.gz/a.zst", Compression::kZstd}, {"/b.gz/a", Compression::kNone},
      {"a.gzip", Compression::kNone},      {"outgz", Compression::kNone},
      {"a.zst", Compression::kZstd},       {"outzst", Compression::kNone},
      {"a.gz.txt", Compression::kNone},    {"", Compression::kNone},
  };
  for (const Case& c : cases) EXPECT_EQ(CompressionOf(c.path), c.compression) << c.path;
}

class CompressedFileTest : public StreamSinkTest,
                           public ::testing::WithParamInterface<Compression> {
 protected:
  [[nodiscard]] std::string Content() const {
    return Decompressed(GetParam(), ReadWhole(compressed_path_));
  }

  const std::string compressed_path_ =
      directory_.Path(GetParam() == Compression::kGzip ? "out.gz" : "out.zst");
};

INSTANTIATE_TEST_SUITE_P(Each, CompressedFileTest,
                         ::testing::Values(Compression::kGzip, Compression::kZstd),
                         [](const auto& compression) {
                           return compression.param == Compression::kGzip ? "gzip" : "zstd";
                         });

TEST_P(CompressedFileTest, EachBatchIsAPartOfIt) {
  const auto sink = Open(compressed_path_);
  Documents first({"{\"a\":1}\n", "{\"b\":2}\n"});
  Documents second({"{\"c\":3}\n"});
  const Batch batch = first.AsCompressed(GetParam());
  ASSERT_TRUE(sink->Submit(batch, ledger_));
  EXPECT_EQ(ReadWhole(compressed_path_), batch.compressed);  // as the worker made it
  EXPECT_EQ(Content(), "{\"a\":1}\n{\"b\":2}\n");            // nothing is held back
  ASSERT_TRUE(sink->Submit(second.AsCompressed(GetParam()), ledger_));
  const std::string both = ReadWhole(compressed_path_);
  ASSERT_TRUE(sink->Close(ledger_));
  EXPECT_EQ(ReadWhole(compressed_path_), both);
  EXPECT_EQ(Content(), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
  EXPECT_EQ(ledger_.written, 3U);
}

// Its worker has ended before, or it took too much room; another compression isn't the file's.
TEST_P(CompressedFileTest, ABatchThatComesOtherwiseIsCompressedHere) {
  const auto sink = Open(compressed_path_);
  const std::string large(300'000, 'x');
  Documents batch({"{\"a\":1}\n", large});
  ASSERT_TRUE(sink->Submit(batch.AsBatch(), ledger_));
  EXPECT_EQ(Content(), "{\"a\":1}\n" + large);
  const auto other = GetParam() == Compression::kGzip ? Compression::kZstd : Compression::kGzip;
  Documents more({"{\"b\":2}\n"});
  ASSERT_TRUE(sink->Submit(more.AsCompressed(other), ledger_));
  EXPECT_EQ(Content(), "{\"a\":1}\n" + large + "{\"b\":2}\n");
  EXPECT_EQ(ledger_.written, 3U);
}

TEST_P(CompressedFileTest, ARunWithoutDocumentsLeavesAValidFile) {
  const auto sink = Open(compressed_path_);
  ASSERT_TRUE(sink->Submit(Documents({}).AsBatch(), ledger_));
  ASSERT_TRUE(sink->Close(ledger_));
  EXPECT_GT(ReadWhole(compressed_path_).size(), 0U);
  EXPECT_EQ(Content(), "");
}

TEST_P(CompressedFileTest, IsCutBackToItsLastWholeBatch) {
  for (const bool by_worker : {true, false}) {
    for (const rlim_t excess : {0U, 1U, 5U, 20U}) {
      SCOPED_TRACE(excess);
      const auto sink = Open(compressed_path_);
      Documents first({"{\"a\":1}\n"});
      Documents second({"{\"b\":2}\n", "{\"c\":3}\n"});
      Ledger ledger;
      ASSERT_TRUE(sink->Submit(first.AsCompressed(GetParam()), ledger));
      const size_t whole_bytes = ReadWhole(compressed_path_).size();
      {
        const FileSizeLimit limit(whole_bytes + excess);
        EXPECT_FALSE(
            sink->Submit(by_worker ? second.AsCompressed(GetParam()) : second.AsBatch(), ledger));
      }
      EXPECT_EQ(ReadWhole(compressed_path_).size(), whole_bytes);
      EXPECT_EQ(Content(), "{\"a\":1}\n");
      EXPECT_EQ(ledger.written, 1U);
      EXPECT_EQ(ledger.failed, 2U);
    }
  }
}

// Noise, so that the member takes many writes of which the first succeed.
TEST_P(CompressedFileTest, IsCutBackBeforeABatchOfManyWrites) {
  const auto sink = Open(compressed_path_);
  std::mt19937 random(7);
  std::string noise;
  while (noise.size() < 400'000) noise += static_cast<char>(random());
  Documents first({"{\"a\":1}\n"});
  const Documents second({noise});
  ASSERT_TRUE(sink->Submit(first.AsCompressed(GetParam()), ledger_));
  {
    const FileSizeLimit limit(300'000);
    EXPECT_FALSE(sink->Submit(second.AsBatch(), ledger_));
  }
  EXPECT_EQ(Content(), "{\"a\":1}\n");
  EXPECT_EQ(ledger_.failed, 1U);
}

TEST_P(CompressedFileTest, ADiskThatIsFullAtTheEndIsAnError) {
  const auto sink = Open(compressed_path_);
  const FileSizeLimit limit(4);
  const auto drained = sink->Close(ledger_);
  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().message, "write " + compressed_path_ + ": File too large");
  EXPECT_EQ(ReadWhole(compressed_path_), "");
}

}  // namespace
}  // namespace espcap::sink
