// SPDX-License-Identifier: GPL-2.0-or-later
//
// A worker's hand on the slots, seen from the supervisor's side of the channel.
#include "process/slot_writer.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>

#include "decompressed.h"

namespace espcap::process {
namespace {

using espcap::testing::Decompressed;

constexpr size_t kTextBytes = 100'000;
constexpr uint32_t kSlot = 1;

std::string Document(size_t bytes) { return std::string(bytes - 1, 'x') + '\n'; }

// Hexadecimal, as documents show bytes nobody has dissected: nothing is harder to compress.
std::string HexDocument(size_t bytes) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < bytes) text += "0123456789abcdef"[random() % 16];
  return text;
}

std::string NoiseDocument(size_t bytes) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < bytes) text += static_cast<char>(random());
  return text;
}

class SlotWriterTest : public ::testing::Test {
 protected:
  // The writer's next slot is kSlot.
  SlotWriter Writer(Compression compression) {
    slots_ = std::move(BatchSlots::Create({2, kTextBytes, 1000, compression}).value());
    auto ends = std::move(Channel::Pair().value());
    supervisor_ = std::move(ends.first);
    slots_->Begin(kSlot);
    EXPECT_TRUE(supervisor_.Send(GrantedSlot{kSlot}));
    return {*slots_, 0, std::move(ends.second)};
  }

  [[nodiscard]] Batch Taken() const {
    return slots_->View(kSlot, std::make_shared<std::string>("a.pcap"));
  }

  std::unique_ptr<BatchSlots> slots_;
  Channel supervisor_;
};

TEST_F(SlotWriterTest, HandsOverTheTextAndItsCompressedForm) {
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    SlotWriter writer = Writer(compression);
    ASSERT_TRUE(writer.AddDocument(1, Document(5000)));
    ASSERT_TRUE(writer.AddDocument(2, HexDocument(60'000)));
    writer.Finish(Outcome::kComplete);
    const Batch batch = Taken();
    EXPECT_EQ(batch.text, Document(5000) + HexDocument(60'000));
    EXPECT_EQ(batch.documents.size(), 2U);
    EXPECT_EQ(batch.compression, compression);
    EXPECT_EQ(Decompressed(compression, batch.compressed), batch.text);
  }
}

TEST_F(SlotWriterTest, AWorkerThatEndsBeforeItHandsOverLeavesTheText) {
  SlotWriter writer = Writer(Compression::kGzip);
  ASSERT_TRUE(writer.AddDocument(1, Document(5000)));
  const Batch batch = Taken();
  EXPECT_EQ(batch.text, Document(5000));
  EXPECT_EQ(batch.compression, Compression::kNone);
  EXPECT_TRUE(batch.compressed.empty());
}

TEST_F(SlotWriterTest, TextThatTakesTooMuchRoomStaysAsItIs) {
  SlotWriter writer = Writer(Compression::kGzip);
  ASSERT_TRUE(writer.AddDocument(1, NoiseDocument(60'000)));
  writer.Finish(Outcome::kComplete);
  const Batch batch = Taken();
  EXPECT_EQ(batch.text, NoiseDocument(60'000));
  EXPECT_EQ(batch.compression, Compression::kNone);
}

TEST_F(SlotWriterTest, WithoutCompressionThereIsOnlyText) {
  SlotWriter writer = Writer(Compression::kNone);
  ASSERT_TRUE(writer.AddDocument(1, Document(5000)));
  writer.Finish(Outcome::kComplete);
  EXPECT_EQ(Taken().text, Document(5000));
  EXPECT_EQ(Taken().compression, Compression::kNone);
}

TEST_F(SlotWriterTest, ASlotOfNoDocumentsHoldsNothing) {
  SlotWriter writer = Writer(Compression::kGzip);
  ASSERT_TRUE(writer.AddFiltered(1));
  writer.Finish(Outcome::kComplete);
  EXPECT_EQ(Taken().compression, Compression::kNone);
  EXPECT_EQ(slots_->Progress(kSlot).filtered, 1U);
}

TEST_F(SlotWriterTest, ASlotThatIsUsedAgainForgetsWhatWasCompressed) {
  SlotWriter writer = Writer(Compression::kGzip);
  ASSERT_TRUE(writer.AddDocument(1, Document(5000)));
  writer.Finish(Outcome::kComplete);
  slots_->Begin(kSlot);
  ASSERT_TRUE(supervisor_.Send(GrantedSlot{kSlot}));
  ASSERT_TRUE(writer.AddDocument(2, Document(70)));
  EXPECT_EQ(Taken().text, Document(70));
  EXPECT_EQ(Taken().compression, Compression::kNone);
}

TEST_F(SlotWriterTest, AnOutsizeDocumentIsCompressedToo) {
  SlotWriter writer = Writer(Compression::kZstd);
  ASSERT_TRUE(writer.AddDocument(1, HexDocument(10 * kTextBytes)));
  const Batch batch = Taken();  // handed over: no second one fits
  EXPECT_EQ(Decompressed(Compression::kZstd, batch.compressed), HexDocument(10 * kTextBytes));
  slots_->Trim(kSlot);
  // What a slot of usual size can hold, compressed form and all, stays; the rest is given back.
  constexpr size_t kKept = kTextBytes * 13 / 8;
  EXPECT_EQ(batch.text.substr(0, kKept), HexDocument(10 * kTextBytes).substr(0, kKept));
  EXPECT_EQ(batch.text[2 * kTextBytes], '\0');
  EXPECT_EQ(batch.compressed.back(), '\0');
}

TEST(BatchSlots, ATextAndItsCompressedFormKeepToTheirShare) {
  struct Case {
    size_t bytes;
    Compression compression;
    size_t text;
  };
  const Case cases[] = {
      {1300, Compression::kNone, 1300}, {1300, Compression::kGzip, 800},
      {1300, Compression::kZstd, 800},  {13, Compression::kGzip, 8},
      {1, Compression::kGzip, 0},       {size_t{7} << 30U, Compression::kGzip, 4625349395},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(BatchSlots::TextShare(c.bytes, c.compression), c.text);
    const auto slots = BatchSlots::Create({1, 1000, 10, c.compression});
    ASSERT_TRUE(slots);
    SlotProgress progress;
    progress.text_bytes = c.text;
    EXPECT_LE(c.text + (*slots)->CompressedRoom(0, progress).size(), c.bytes);
  }
}

}  // namespace
}  // namespace espcap::process
