// SPDX-License-Identifier: GPL-2.0-or-later
//
// A worker's hand on its slots, seen from the supervisor's side.
#include "process/slot_writer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace espcap::process {
namespace {

constexpr size_t kTextBytes = 100'000;
constexpr size_t kActionBytes = 100;
constexpr uint32_t kSlot = 1;

std::string Document(size_t bytes) { return std::string(bytes - 1, 'x') + '\n'; }

class SlotWriterTest : public ::testing::Test {
 protected:
  // The writer's next slot is kSlot.
  SlotWriter Writer() {
    auto ends = std::move(Channel::Pair().value());
    supervisor_ = std::move(ends.first);
    Grant();
    return {slots_.get(), *control_, std::move(ends.second)};
  }
  void Grant() {
    slots_->Begin(kSlot);
    EXPECT_TRUE(supervisor_.Send(GrantedSlot{kSlot}));
  }
  [[nodiscard]] std::string Text() const {
    return {slots_->Text(kSlot, 0), slots_->Progress(kSlot).text_bytes};
  }

  std::unique_ptr<RunControl> control_ = std::move(RunControl::Create().value());
  std::unique_ptr<WorkerSlots> slots_ =
      std::move(WorkerSlots::Create({kTextBytes, 10, kActionBytes}).value());
  Channel supervisor_;
};

TEST_F(SlotWriterTest, HandsOverDocumentsWithWhatTheyAreOf) {
  SlotWriter writer = Writer();
  ASSERT_TRUE(writer.AddDocument({0, 7, 100, 5, 1}, Document(5000)));
  ASSERT_TRUE(writer.AddFiltered(2));
  ASSERT_TRUE(writer.AddFailed(3));
  ASSERT_TRUE(writer.AddDocument({0, 9, 101, 6, 4}, Document(60), "dns"));
  writer.Finish(Outcome::kComplete, 0);
  EXPECT_EQ(Text(), Document(5000) + Document(60));
  const SlotProgress progress = slots_->Progress(kSlot);
  EXPECT_EQ(progress.captured, 4U);
  EXPECT_EQ(progress.filtered, 1U);
  EXPECT_EQ(progress.failed, 1U);
  EXPECT_EQ(progress.cut, 1U);
  EXPECT_EQ(progress.last_frame, 4U);
  const auto documents = slots_->Documents(kSlot, progress.documents);
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(documents[0].bytes, 5000U);
  EXPECT_EQ(documents[1].bytes, 60U);
  EXPECT_EQ(documents[1].record_number, 9U);
  EXPECT_EQ(documents[1].seconds, 101);
  EXPECT_EQ(documents[1].nanoseconds, 6);
  EXPECT_EQ(documents[1].frame_number, 4U);
}

TEST_F(SlotWriterTest, AWorkerThatEndsBeforeItHandsOverLeavesWhatItHas) {
  SlotWriter writer = Writer();
  ASSERT_TRUE(writer.AddDocument({0, 1, 0, 0, 1}, Document(5000)));
  EXPECT_EQ(Text(), Document(5000));
}

// With the action lines that come before them.
TEST_F(SlotWriterTest, HandsOverBeforeASlotIsTooLarge) {
  SlotWriter writer = Writer();
  const size_t half = kTextBytes / 2 - kActionBytes;
  ASSERT_TRUE(writer.AddDocument({0, 1, 0, 0, 1}, Document(half)));
  ASSERT_TRUE(writer.AddDocument({0, 2, 0, 0, 2}, Document(half)));
  EXPECT_EQ(slots_->Progress(kSlot).documents, 2U);
  Grant();
  ASSERT_TRUE(writer.AddDocument({0, 3, 0, 0, 3}, Document(half)));
  EXPECT_EQ(slots_->Progress(kSlot).documents, 1U);
  Grant();
  ASSERT_TRUE(writer.AddDocument({0, 4, 0, 0, 4}, Document(half + 2)));
  EXPECT_EQ(slots_->Progress(kSlot).documents, 1U) << "in a slot of its own";
  EXPECT_EQ(slots_->Progress(kSlot).last_frame, 4U);
}

TEST_F(SlotWriterTest, AnOutsizeDocumentComesAlone) {
  SlotWriter writer = Writer();
  ASSERT_TRUE(writer.AddDocument({0, 1, 0, 0, 1}, Document(10 * kTextBytes)));
  EXPECT_EQ(Text(), Document(10 * kTextBytes));
  slots_->Trim(kSlot, 10 * kTextBytes);
  // What a slot of usual size can hold stays; the rest is given back.
  EXPECT_EQ(Text().substr(0, kTextBytes), Document(10 * kTextBytes).substr(0, kTextBytes));
  EXPECT_EQ(Text().back(), '\0');
}

}  // namespace
}  // namespace espcap::process
