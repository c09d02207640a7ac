// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "decompressed.h"
#include "espcap/ledger.h"
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

class OutputFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<OutputFile> Open(const std::string& path) {
    auto file = OutputFile::Open(path, OutputFile::Existing::kEmpty, stop_waiting_);
    if (!file) throw std::runtime_error(file.error().message);
    return std::move(*file);
  }

  Result<void> Write(OutputFile& file, const Batch& batch) { return Write(file, batch, ledger_); }
  static Result<void> Write(OutputFile& file, const Batch& batch, Ledger& ledger) {
    const OutputFile::Written written = file.Write(batch);
    EXPECT_FALSE(written.gave_up_waiting);
    ledger.written += written.documents;
    ledger.failed += batch.documents.size() - written.documents;
    return written.result;
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_.Path("out.ndjson");
  const base::WriteThread::StopWaitingFlag stop_waiting_ =
      std::make_shared<std::atomic<bool>>(false);
  Ledger ledger_;
};

TEST_F(OutputFileTest, WritesWholeDocumentsInOrder) {
  const auto file = Open(path_);
  const Documents first({"{\"a\":1}\n", "{\"b\":2}\n"});
  const Documents second({"{\"c\":3}\n"});
  ASSERT_TRUE(Write(*file, first.AsBatch()));
  EXPECT_EQ(ReadWhole(path_), "{\"a\":1}\n{\"b\":2}\n");  // nothing is held back
  ASSERT_TRUE(Write(*file, second.AsBatch()));
  ASSERT_TRUE(file->Finish());
  EXPECT_EQ(ReadWhole(path_), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
  EXPECT_EQ(ledger_.written, 3U);
  EXPECT_EQ(ledger_.failed, 0U);
}

TEST_F(OutputFileTest, AnEmptyBatchWritesNothing) {
  const auto file = Open(path_);
  const Documents batch({});
  ASSERT_TRUE(Write(*file, batch.AsBatch()));
  EXPECT_EQ(ReadWhole(path_), "");
  EXPECT_EQ(ledger_.written, 0U);
}

TEST_F(OutputFileTest, ReplacesWhatTheFileHeld) {
  directory_.Write("out.ndjson", "a longer text of an earlier run\n");
  const Documents batch({"{}\n"});
  ASSERT_TRUE(Write(*Open(path_), batch.AsBatch()));
  EXPECT_EQ(ReadWhole(path_), "{}\n");
}

TEST_F(OutputFileTest, KeepsWholeLinesOfAnEarlierRun) {
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
    auto file = OutputFile::Open(path_, OutputFile::Existing::kKeep, stop_waiting_);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(Write(**file, Documents({"{\"new\":1}\n"}).AsBatch()));
    EXPECT_TRUE((*file)->Sync());
    EXPECT_EQ(ReadWhole(path_), kept + "{\"new\":1}\n");
  }
}

TEST_F(OutputFileTest, SyncsWhatCanBeSynced) {
  EXPECT_TRUE(Open("/dev/null")->Sync());
  EXPECT_TRUE(Open(path_)->Sync());
}

TEST_F(OutputFileTest, ADashIsStandardOutput) {
  {
    const RedirectedDescriptor output(STDOUT_FILENO, path_, O_WRONLY | O_CREAT);
    const Documents batch({"{}\n"});
    EXPECT_TRUE(Write(*Open("-"), batch.AsBatch()));
  }
  EXPECT_EQ(ReadWhole(path_), "{}\n");
}

TEST_F(OutputFileTest, APathThatCantBeOpenedIsAnErrorThatNamesIt) {
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
    const auto file = OutputFile::Open(c.path, OutputFile::Existing::kEmpty, stop_waiting_);
    ASSERT_FALSE(file) << c.path;
    EXPECT_EQ(file.error().message, "open " + c.path + " for writing: " + c.reason);
  }
}

TEST_F(OutputFileTest, ADeviceThatIsFullFailsEveryDocument) {
  const auto file = Open("/dev/full");
  const Documents batch({"{\"a\":1}\n", "{\"b\":2}\n"});
  const auto submitted = Write(*file, batch.AsBatch());
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().message, "write /dev/full: No space left on device");
  EXPECT_EQ(ledger_.written, 0U);
  EXPECT_EQ(ledger_.failed, 2U);
}

TEST_F(OutputFileTest, AReaderThatIsGoneIsCalledSo) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const base::FileDescriptor write_end(ends[1]);
  const auto file = Open("/proc/self/fd/" + std::to_string(ends[1]));
  ASSERT_EQ(::close(ends[0]), 0);
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  const Documents batch({"{}\n"});
  const auto submitted = Write(*file, batch.AsBatch());
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

TEST_F(OutputFileTest, AFileIsCutBackToItsLastWholeDocument) {
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
    const auto file = Open(path_);
    const Documents batch({"{\"a\":1}\n", "{\"b\":2}\n", "{\"c\":3}\n"});
    Ledger ledger;
    Result<void> submitted;
    {
      const FileSizeLimit limit(c.limit);
      submitted = Write(*file, batch.AsBatch(), ledger);
    }
    ASSERT_FALSE(submitted);
    EXPECT_EQ(submitted.error().message, "write " + path_ + ": File too large");
    EXPECT_EQ(ReadWhole(path_), c.file);
    EXPECT_EQ(ledger.written, c.written);
    EXPECT_EQ(ledger.failed, 3 - c.written);
  }
}

TEST_F(OutputFileTest, ACutLeavesEarlierBatchesAlone) {
  const auto file = Open(path_);
  const Documents first({"{\"earlier\":0}\n"});
  const Documents second({"{\"a\":1}\n", "{\"b\":2}\n"});
  ASSERT_TRUE(Write(*file, first.AsBatch()));
  {
    const FileSizeLimit limit(17);
    ASSERT_FALSE(Write(*file, second.AsBatch()));
  }
  EXPECT_EQ(ReadWhole(path_), "{\"earlier\":0}\n");
  EXPECT_EQ(ledger_.written, 1U);
  EXPECT_EQ(ledger_.failed, 2U);
}

// `(espcap …; more) > file`: both write by one offset.
TEST_F(OutputFileTest, WhatIsWrittenAfterACutFollowsTheLastWholeDocument) {
  {
    const RedirectedDescriptor output(STDOUT_FILENO, path_, O_WRONLY | O_CREAT);
    const auto file = Open("-");
    const Documents batch({"{\"a\":1}\n", "{\"b\":2}\n"});
    {
      const FileSizeLimit limit(12);
      EXPECT_FALSE(Write(*file, batch.AsBatch()));
    }
    EXPECT_EQ(::write(STDOUT_FILENO, "next\n", 5), 5);
  }
  EXPECT_EQ(ReadWhole(path_), "{\"a\":1}\nnext\n");
}

TEST(OutputFile, TheEndOfItsNameSaysHowAFileIsCompressed) {
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

class CompressedFileTest : public OutputFileTest,
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
  const auto file = Open(compressed_path_);
  Documents first({"{\"a\":1}\n", "{\"b\":2}\n"});
  Documents second({"{\"c\":3}\n"});
  const Batch batch = first.AsCompressed(GetParam());
  ASSERT_TRUE(Write(*file, batch));
  EXPECT_EQ(ReadWhole(compressed_path_), batch.compressed);  // as the worker made it
  EXPECT_EQ(Content(), "{\"a\":1}\n{\"b\":2}\n");            // nothing is held back
  ASSERT_TRUE(Write(*file, second.AsCompressed(GetParam())));
  const std::string both = ReadWhole(compressed_path_);
  ASSERT_TRUE(file->Finish());
  EXPECT_EQ(ReadWhole(compressed_path_), both);
  EXPECT_EQ(Content(), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
  EXPECT_EQ(ledger_.written, 3U);
}

// Its worker has ended before, or it took too much room; another compression isn't the file's.
TEST_P(CompressedFileTest, ABatchThatComesOtherwiseIsCompressedHere) {
  const auto file = Open(compressed_path_);
  const std::string large(300'000, 'x');
  Documents batch({"{\"a\":1}\n", large});
  ASSERT_TRUE(Write(*file, batch.AsBatch()));
  EXPECT_EQ(Content(), "{\"a\":1}\n" + large);
  const auto other = GetParam() == Compression::kGzip ? Compression::kZstd : Compression::kGzip;
  Documents more({"{\"b\":2}\n"});
  ASSERT_TRUE(Write(*file, more.AsCompressed(other)));
  EXPECT_EQ(Content(), "{\"a\":1}\n" + large + "{\"b\":2}\n");
  EXPECT_EQ(ledger_.written, 3U);
}

TEST_P(CompressedFileTest, ARunWithoutDocumentsLeavesAValidFile) {
  const auto file = Open(compressed_path_);
  ASSERT_TRUE(Write(*file, Documents({}).AsBatch()));
  ASSERT_TRUE(file->Finish());
  EXPECT_GT(ReadWhole(compressed_path_).size(), 0U);
  EXPECT_EQ(Content(), "");
}

TEST_P(CompressedFileTest, IsCutBackToItsLastWholeBatch) {
  for (const bool by_worker : {true, false}) {
    for (const rlim_t excess : {0U, 1U, 5U, 20U}) {
      SCOPED_TRACE(excess);
      const auto file = Open(compressed_path_);
      Documents first({"{\"a\":1}\n"});
      Documents second({"{\"b\":2}\n", "{\"c\":3}\n"});
      Ledger ledger;
      ASSERT_TRUE(Write(*file, first.AsCompressed(GetParam()), ledger));
      const size_t whole_bytes = ReadWhole(compressed_path_).size();
      {
        const FileSizeLimit limit(whole_bytes + excess);
        EXPECT_FALSE(
            Write(*file, by_worker ? second.AsCompressed(GetParam()) : second.AsBatch(), ledger));
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
  const auto file = Open(compressed_path_);
  std::mt19937 random(7);
  std::string noise;
  while (noise.size() < 400'000) noise += static_cast<char>(random());
  Documents first({"{\"a\":1}\n"});
  const Documents second({noise});
  ASSERT_TRUE(Write(*file, first.AsCompressed(GetParam())));
  {
    const FileSizeLimit limit(300'000);
    EXPECT_FALSE(Write(*file, second.AsBatch()));
  }
  EXPECT_EQ(Content(), "{\"a\":1}\n");
  EXPECT_EQ(ledger_.failed, 1U);
}

TEST_P(CompressedFileTest, ADiskThatIsFullAtTheEndIsAnError) {
  const auto file = Open(compressed_path_);
  const FileSizeLimit limit(4);
  const auto drained = file->Finish();
  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().message, "write " + compressed_path_ + ": File too large");
  EXPECT_EQ(ReadWhole(compressed_path_), "");
}

}  // namespace
}  // namespace espcap::sink
