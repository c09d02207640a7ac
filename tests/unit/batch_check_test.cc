// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a worker that is taken over may put into its slot, one lie at a time.
#include "supervise/batch_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "document/document_id.h"

namespace espcap::supervise {
namespace {

using process::SlotDocument;
using process::SlotProgress;
using process::WorkerSlots;

constexpr size_t kTextBytes = 200'000;
const std::string kOne = "{\"a\":1}\n";
const std::string kTwo = "{\"b\":\"two\"}\n";

class BatchCheckTest : public ::testing::Test {
 protected:
  BatchCheckTest() {
    slots_->Begin(0);
    Append(kOne, 1);
    Append(kTwo, 2);
    Publish();
  }
  void Append(const std::string& text, uint64_t record) {
    ++progress_.captured;
    slots_->Append(0, progress_, text,
                   {0, record, 1'700'000'000, 0, static_cast<uint32_t>(record)});
  }
  void Publish() { slots_->Publish(0, progress_); }
  void Restart() {
    progress_ = {};
    slots_->Begin(0);
  }

  Result<CheckedText> Copied(BatchForm form) {
    auto contents = ReadSlot(*slots_, 0);
    if (!contents) return Forward(std::move(contents));
    document::BoundedIndex index(document::IndexName::Parse("packets-%Y-%m-%d").value(), 9, "");
    BatchCheck check(form, &index);
    return check.Copy(*slots_, 0, *contents, std::vector<DocumentKey>(2, {{1, 2, 3}, 7}));
  }
  std::string Fault(BatchForm form = BatchForm::kLines) {
    const auto copied = Copied(form);
    return copied ? "" : copied.error().message;
  }

  std::unique_ptr<WorkerSlots> slots_ = std::move(WorkerSlots::Create({kTextBytes, 10, 0}).value());
  SlotProgress progress_;
};

TEST_F(BatchCheckTest, CopiesLinesAsTheyAre) {
  const auto copied = Copied(BatchForm::kLines);
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(copied->text.view(), kOne + kTwo);
  ASSERT_EQ(copied->documents.size(), 2U);
  EXPECT_EQ(copied->documents[1].offset, kOne.size());
  EXPECT_EQ(copied->documents[1].length, kTwo.size());
  EXPECT_EQ(copied->documents[1].frame_number, 2U);
}

TEST_F(BatchCheckTest, ComposesTheActionLines) {
  const auto copied = Copied(BatchForm::kBulk);
  ASSERT_TRUE(copied) << copied.error().message;
  const std::string action = R"({"create":{"_index":"packets-2023-11-14","_id":")" +
                             document::DocumentId({1, 2, 3}, 7) + "\"}}\n";
  EXPECT_EQ(copied->text.view(), action + kOne + action + kTwo);
  EXPECT_EQ(copied->documents[1].offset, action.size() + kOne.size());
  EXPECT_EQ(copied->documents[1].length, action.size() + kTwo.size());
}

TEST_F(BatchCheckTest, ALongDocumentIsOneLineToo) {
  Restart();
  const std::string document = "{\"a\":\"" + std::string(150'000, 'x') + "\"}\n";
  Append(document, 1);
  Publish();
  const auto copied = Copied(BatchForm::kLines);
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(copied->text.view(), document);
}

// A second action line would be one that the worker has written.
TEST_F(BatchCheckTest, NoDocumentHasALineFeedWithin) {
  for (const size_t place : {size_t{1}, size_t{65'535}, size_t{65'536}, size_t{149'999}}) {
    Restart();
    std::string document = "{\"a\":\"" + std::string(150'000, 'x') + "\"}\n";
    document[place] = '\n';
    Append(document, 1);
    Publish();
    EXPECT_EQ(Fault(), "a document that isn't one line") << place;
    EXPECT_EQ(Fault(BatchForm::kBulk), "a document that isn't one line") << place;
    EXPECT_EQ(Fault(BatchForm::kText), "") << place;
  }
}

TEST_F(BatchCheckTest, ADocumentIsAnObjectWithItsLineFeed) {
  struct Case {
    std::string document;
    const char* fault;
  };
  for (const Case& c : {Case{"{\"a\":1}", "a document that isn't one line"},
                        Case{"[1]\n", "a document that isn't an object"},
                        Case{"\n", "a document that isn't an object"},
                        Case{"{\"a\":1\n", "a document that isn't an object"}}) {
    Restart();
    Append(c.document, 1);
    Publish();
    EXPECT_EQ(Fault(), c.fault) << c.document;
  }
}

TEST_F(BatchCheckTest, NumbersThatCantBeAreRefused) {
  struct Case {
    std::function<void(SlotProgress&)> lie;
    const char* fault;
  };
  const Case cases[] = {
      {[](auto& p) { p.documents = 11; }, "a batch that is larger than its slot"},
      {[](auto& p) { p.documents = UINT32_MAX; }, "a batch that is larger than its slot"},
      {[](auto& p) { p.text_bytes = UINT64_MAX; }, "a batch that is larger than its slot"},
      {[](auto& p) { p.text_bytes = kTextBytes + (size_t{256} << 20U) + 1; },
       "a batch that is larger than its slot"},
      {[](auto& p) { p.captured = 3; }, "a batch whose counts disagree"},
      {[](auto& p) {
         p.filtered = UINT64_MAX;
         p.captured = 1;
       },
       "a batch whose counts disagree"},
      {[](auto& p) {
         p.failed = 1;
         p.filtered = UINT64_MAX;
       },
       "a batch whose counts disagree"},
      {[](auto& p) { p.cut = 3; }, "a batch whose counts disagree"},
      {[](auto& p) {
         p.documents = 1;
         p.packets = p.captured = 1;
       },
       "a batch with text of no document"},
      {[](auto& p) {
         p.documents = 3;
         p.packets = p.captured = 3;
       },
       "a document that isn't within its batch"},
      {[](auto& p) { --p.text_bytes; }, "a document that isn't within its batch"},
      {[](auto& p) { ++p.text_bytes; }, "a batch with text of no document"},
  };
  for (const Case& c : cases) {
    SlotProgress lied = progress_;
    c.lie(lied);
    slots_->Publish(0, lied);
    EXPECT_EQ(Fault(), c.fault);
  }
}

TEST_F(BatchCheckTest, ADocumentsLengthIsWithinTheText) {
  for (const uint64_t bytes : {uint64_t{0}, uint64_t{1} << 40U, UINT64_MAX}) {
    Restart();
    Append(kOne, 1);
    slots_->Append(0, progress_, kTwo, {});
    progress_.captured = 2;
    // The table, over its end.
    SlotProgress table;
    slots_->Append(0, table, kOne, {});
    auto documents = slots_->Documents(0, 2);
    documents[0].bytes = bytes;
    auto* in_slot = reinterpret_cast<SlotDocument*>(const_cast<char*>(slots_->Text(0, 0)) -
                                                    4096);  // ten documents: one page
    *in_slot = documents[0];
    Publish();
    EXPECT_EQ(Fault(), "a document that isn't within its batch") << bytes;
  }
}

TEST(CheckOrder, RecordsRise) {
  const auto documents = [](const std::vector<uint64_t>& numbers) {
    std::vector<SlotDocument> made;
    for (const uint64_t number : numbers) made.push_back({1, number, 0, 0, 0});
    return made;
  };
  EXPECT_TRUE(CheckOrder(documents({}), 9));
  EXPECT_TRUE(CheckOrder(documents({10, 11, 20}), 9));
  EXPECT_FALSE(CheckOrder(documents({9}), 9));
  EXPECT_FALSE(CheckOrder(documents({3}), 9));
  EXPECT_FALSE(CheckOrder(documents({10, 10}), 9));
  EXPECT_FALSE(CheckOrder(documents({12, 11}), 9));
  EXPECT_FALSE(CheckOrder(documents({uint64_t{UINT32_MAX} + 1}), 9));
  EXPECT_EQ(CheckOrder(documents({3}), 9).error().message, "record 3 after record 9");
}

}  // namespace
}  // namespace espcap::supervise
