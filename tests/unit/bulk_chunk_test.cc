// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/bulk_chunk.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::elasticsearch {
namespace {

// Documents "a\n", "bb\n", "ccc\n", "dddd\n".
class BulkChunkTest : public ::testing::Test {
 protected:
  BulkChunkTest() {
    Batch batch;
    batch.text = text_;
    batch.slot = 7;
    size_t offset = 0;
    for (uint32_t i = 1; i <= 4; ++i) {
      batch.documents.push_back({offset, i + 1, 100 + i});
      offset += i + 1;
    }
    pending_batches_.push_back({batch, 4});
  }

  BulkChunk Of(std::vector<uint32_t> positions) {
    return {pending_batches_.begin(), std::move(positions), 3};
  }

  std::string text_ = "a\nbb\nccc\ndddd\n";
  std::list<PendingBatch> pending_batches_;
  std::string gathered_;
};

TEST_F(BulkChunkTest, ABatchIsOneParcel) {
  const BulkChunk chunk = ChunkOf(pending_batches_.begin());
  EXPECT_TRUE(chunk.IsWhole());
  EXPECT_EQ(TextBytes(chunk), text_.size());
  EXPECT_EQ(TextOf(chunk, gathered_).data(), text_.data());  // borrowed
}

TEST_F(BulkChunkTest, NeighboursAreBorrowed) {
  EXPECT_EQ(TextOf(Of({1, 2}), gathered_), "bb\nccc\n");
  EXPECT_TRUE(gathered_.empty());
}

TEST_F(BulkChunkTest, OthersArePutTogether) {
  EXPECT_EQ(TextOf(Of({0, 2, 3}), gathered_), "a\nccc\ndddd\n");
  EXPECT_EQ(TextBytes(Of({0, 2, 3})), gathered_.size());
}

TEST_F(BulkChunkTest, IsABatchOfItsOwn) {
  const Batch batch = BatchOf(Of({1, 3}), gathered_);
  ASSERT_EQ(batch.documents.size(), 2U);
  EXPECT_EQ(batch.Text(batch.documents[0]), "bb\n");
  EXPECT_EQ(batch.Text(batch.documents[1]), "dddd\n");
  EXPECT_EQ(batch.documents[1].frame_number, 104U);
  EXPECT_EQ(batch.slot, 7U);
}

TEST_F(BulkChunkTest, SplitsByBytes) {
  struct Case {
    size_t bytes;
    std::vector<std::vector<uint32_t>> parts;
  };
  const Case cases[] = {
      {14, {{0, 1, 2, 3}}},
      {9, {{0, 1, 2}, {3}}},
      {7, {{0, 1}, {2}, {3}}},
      {1, {{0}, {1}, {2}, {3}}},  // a document stays whole
  };
  for (const Case& c : cases) {
    const std::vector<BulkChunk> parts = Split(Of({0, 1, 2, 3}), c.bytes);
    ASSERT_EQ(parts.size(), c.parts.size()) << c.bytes;
    for (size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(parts[i].positions, c.parts[i]) << c.bytes;
      EXPECT_EQ(parts[i].failures, 3U);
    }
  }
}

}  // namespace
}  // namespace espcap::elasticsearch
