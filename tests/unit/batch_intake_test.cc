// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/batch_intake.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "document/document_id.h"
#include "temporary_directory.h"

namespace espcap::supervise {
namespace {

using process::PacketRing;
using process::SlotProgress;
using process::WorkerSlots;

constexpr size_t kTextBytes = 100'000;
const std::string kLarge = "{\"a\":\"" + std::string(80'000, 'x') + "\"}\n";
const std::string kDocument = "{\"a\":1}\n";

class BatchIntakeTest : public ::testing::Test {
 protected:
  BatchIntakeTest() {
    for (int index = 0; index < 2; ++index) {
      slots_.push_back(std::move(WorkerSlots::Create({kTextBytes, 100, 100}).value()));
    }
    rings_.push_back(std::move(PacketRing::Create().value()));
  }

  void Make(BatchForm form, bool ordered, size_t kept_bytes,
            Accounting::ReadInterfaces read_interfaces = {}) {
    captures_ = std::make_unique<CaptureQueue>(CaptureQueue::Options{1, ordered, false});
    captures_->Add({{folder_.Write("a.pcap", "a"), false}, {folder_.Write("b.pcap", "b"), false}});
    kept_ = std::move(KeptBatches::Create(*loop_, compression_, 1).value());
    accounting_ = std::make_unique<Accounting>(std::move(read_interfaces));
    intake_ = std::make_unique<BatchIntake>(
        BatchIntake::Options{kept_bytes, ordered, Fingerprint{9}}, BatchCheck(form, &index_),
        slots_, rings_, *captures_, *kept_, *accounting_);
  }
  Part& Next(uint32_t worker_index) {
    Part* part = captures_->Next();
    part->job.worker_index = worker_index;
    return *part;
  }
  Part& StreamPart() {
    Part& part = Next(0);
    part.job.role = process::Job::Role::kDissectStream;
    return part;
  }
  // As its worker does.
  void HandOver(Part& part, const std::vector<uint64_t>& records, uint64_t filtered = 0,
                const std::string& document = kDocument) {
    const auto slot = intake_->Grant(part.job.worker_index);
    ASSERT_TRUE(slot);
    SlotProgress progress;
    progress.filtered = progress.captured = filtered;
    for (const uint64_t record : records) {
      slots_[part.job.worker_index]->Append(*slot, progress, document,
                                            {0, record, 5, 0, static_cast<uint32_t>(record)});
      ++progress.captured;
      progress.last_frame = static_cast<uint32_t>(record);
    }
    slots_[part.job.worker_index]->Publish(*slot, progress);
    intake_->Add(part, *slot);
  }
  void PutRecords(const std::vector<uint64_t>& numbers) {
    for (const uint64_t number : numbers) {
      rings_[0]->Claim(8, [] { return true; });
      rings_[0]->Commit(8, {number, {static_cast<uint8_t>(number)}});
    }
  }
  std::string Violation() {
    const auto violations = intake_->AcceptWaiting(false);
    return violations.empty() ? "" : violations.front().what;
  }
  std::string TextOf(const Part& part, size_t batch = 0) {
    return std::string(kept_->Get(part.capture->batches.at(batch)).checked.text.view());
  }

  testing::TemporaryDirectory folder_;
  Compression compression_ = Compression::kNone;
  std::unique_ptr<base::EventLoop> loop_ = base::EventLoop::Create().value();
  WorkersSlots slots_;
  Rings rings_;
  std::unique_ptr<CaptureQueue> captures_;
  std::unique_ptr<KeptBatches> kept_;
  std::unique_ptr<Accounting> accounting_;
  document::BoundedIndex index_{document::IndexName::Parse("packets").value(), 9, ""};
  std::unique_ptr<BatchIntake> intake_;
};

TEST_F(BatchIntakeTest, CopiesCountsAndFreesASlot) {
  Make(BatchForm::kLines, false, 1'000'000);
  Part& part = Next(0);
  HandOver(part, {1, 2}, 3);
  EXPECT_EQ(intake_->free_slots(), 3U);
  EXPECT_TRUE(intake_->Waits(part));
  EXPECT_EQ(Violation(), "");
  EXPECT_EQ(intake_->free_slots(), 4U);
  EXPECT_FALSE(intake_->Waits(part));
  EXPECT_EQ(TextOf(part), kDocument + kDocument);
  EXPECT_EQ(accounting_->ledger().captured, 5U);
  EXPECT_EQ(accounting_->ledger().filtered, 3U);
  EXPECT_EQ(part.job.settled_frame, 2U);
  EXPECT_EQ(part.job.continuation.documents, 2U);
}

TEST_F(BatchIntakeTest, AWorkerHasTwoSlots) {
  Make(BatchForm::kLines, false, 1'000'000);
  EXPECT_TRUE(intake_->Grant(0));
  EXPECT_TRUE(intake_->Grant(0));
  EXPECT_FALSE(intake_->Grant(0));
  EXPECT_TRUE(intake_->Grant(1));
  intake_->FreeAll(0);
  EXPECT_TRUE(intake_->Grant(0));
}

TEST_F(BatchIntakeTest, AFilesIdsWaitForItsFingerprint) {
  Make(BatchForm::kBulk, false, 1'000'000);
  Part& part = Next(0);
  part.capture->awaits_fingerprint = true;
  HandOver(part, {4});
  EXPECT_EQ(Violation(), "");
  EXPECT_TRUE(intake_->Waits(part));
  part.capture->awaits_fingerprint = false;
  part.capture->fingerprint = Fingerprint{7};
  EXPECT_EQ(Violation(), "");
  EXPECT_NE(TextOf(part).find(document::DocumentId({7}, 4)), std::string::npos);
}

TEST_F(BatchIntakeTest, AFilesRecordsRiseFromBatchToBatch) {
  Make(BatchForm::kLines, false, 1'000'000);
  Part& part = Next(0);
  HandOver(part, {1, 5});
  EXPECT_EQ(Violation(), "");
  HandOver(part, {5});
  EXPECT_EQ(Violation(), "record 5 after record 5");
  EXPECT_EQ(accounting_->ledger().captured, 2U) << "it isn't counted";
  EXPECT_EQ(part.job.settled_frame, 5U);
}

TEST_F(BatchIntakeTest, AStreamsDocumentsAreOfRecordsThatItsRingHas) {
  struct Case {
    std::vector<uint64_t> documents;
    uint64_t filtered;
    const char* fault;
  };
  for (const Case& c :
       {Case{{10, 12}, 1, ""}, Case{{11}, 2, ""}, Case{{}, 3, ""},
        Case{{12, 10}, 1, "a document of record 10"}, Case{{10, 10}, 1, "a document of record 10"},
        Case{{99}, 2, "a document of record 99"}, Case{{12}, 1, "a document of record 12"},
        Case{{10}, 3, "more packets than its ring has"},
        Case{{10}, 4'000'000'000, "more packets than its ring has"}}) {
    rings_[0] = std::move(PacketRing::Create().value());
    Make(BatchForm::kBulk, false, 1'000'000);
    PutRecords({10, 11, 12});
    Part& part = StreamPart();
    HandOver(part, c.documents, c.filtered);
    EXPECT_EQ(Violation(), c.fault);
    EXPECT_EQ(rings_[0]->Peek(3).has_value(), *c.fault != '\0') << "released only if it is taken";
    if (*c.fault != '\0' || c.documents.empty()) continue;
    const auto first = static_cast<uint8_t>(c.documents.front());
    EXPECT_NE(TextOf(part).find(document::DocumentId({first}, first)), std::string::npos);
  }
}

// By what the supervisor knows, not by what the worker says.
TEST_F(BatchIntakeTest, DocumentsOfFramesToBlameHaveIdsOfTheirOwn) {
  using process::FrameFault;
  Make(BatchForm::kBulk, false, 1'000'000);
  Part& part = Next(0);
  part.capture->fingerprint = Fingerprint{7};
  part.job.faults.Add({.frame = 3});
  part.job.faults.Add({.frame = 4, .use = FrameFault::Use::kNothing});
  part.job.faults.Add({.frame = FrameFault::kFirst});
  HandOver(part, {1, 2, 3, 4});
  EXPECT_EQ(Violation(), "");
  EXPECT_EQ(accounting_->ledger().quarantined, 2U);
  const std::string text = TextOf(part);
  for (const uint32_t record : {1U, 3U}) {
    EXPECT_NE(text.find('"' + document::DocumentId({7}, record, true) + '"'), std::string::npos);
  }
  for (const uint32_t record : {2U, 4U}) {
    EXPECT_NE(text.find('"' + document::DocumentId({7}, record) + '"'), std::string::npos);
  }
  EXPECT_EQ(part.job.faults.Find(FrameFault::kFirst), nullptr) << "it is settled";
  EXPECT_NE(part.job.faults.Find(3), nullptr) << "a file's next worker comes by it again";
}

// Numbers in ids have 32 bits.
TEST_F(BatchIntakeTest, LiveIdsAreOfTheRunAndOfNoOtherPacket) {
  Make(BatchForm::kBulk, false, 1'000'000, [] { return std::vector<InterfaceStats>(); });
  PutRecords({1, uint64_t{UINT32_MAX} + 1});
  Part& part = StreamPart();
  HandOver(part, {1, uint64_t{UINT32_MAX} + 1});
  EXPECT_EQ(Violation(), "");
  const std::string text = TextOf(part);
  EXPECT_NE(text.find(document::DocumentId({9}, 1)), std::string::npos);
  Fingerprint next{9};
  next.back() = 1;
  EXPECT_NE(text.find(document::DocumentId(next, 1)), std::string::npos);
}

TEST_F(BatchIntakeTest, WithoutRoomASlotWaits) {
  Make(BatchForm::kLines, false, 150'000);
  Part& part = Next(0);
  Part& other = Next(1);
  HandOver(part, {1}, 0, kLarge);
  HandOver(part, {2}, 0, kLarge);
  HandOver(other, {1}, 0, kDocument);
  EXPECT_EQ(Violation(), "");
  EXPECT_TRUE(intake_->Waits(part));
  EXPECT_FALSE(intake_->Waits(other)) << "it is small";
  kept_->Remove(part.capture->batches.front());
  part.capture->batches.clear();
  EXPECT_EQ(Violation(), "");
  EXPECT_FALSE(intake_->Waits(part));
}

TEST_F(BatchIntakeTest, ALargerOneThanAllComesAlone) {
  Make(BatchForm::kLines, false, 50'000);
  Part& part = Next(0);
  HandOver(part, {1}, 0, kLarge);
  HandOver(part, {2}, 0, kLarge);
  EXPECT_EQ(Violation(), "");
  EXPECT_EQ(part.capture->batches.size(), 1U);
}

// Else later captures could hold it all, and wait for the first.
TEST_F(BatchIntakeTest, InOrderThereIsAlwaysRoomForTheNextCapture) {
  Make(BatchForm::kLines, true, 250'000);
  Part& first = Next(0);
  Part& second = Next(1);
  HandOver(second, {1}, 0, kLarge);
  HandOver(second, {2}, 0, kLarge);
  EXPECT_EQ(Violation(), "");
  EXPECT_EQ(second.capture->batches.size(), 1U);
  HandOver(first, {1}, 0, kLarge);
  EXPECT_EQ(Violation(), "");
  EXPECT_EQ(first.capture->batches.size(), 1U);
}

TEST_F(BatchIntakeTest, AtTheEndAllIsTaken) {
  Make(BatchForm::kBulk, false, 1000);
  Part& part = Next(0);
  part.capture->awaits_fingerprint = true;
  HandOver(part, {1, 2});
  EXPECT_TRUE(intake_->AcceptWaiting(true).empty());
  EXPECT_FALSE(intake_->Waits(part));
  EXPECT_EQ(accounting_->ledger().captured, 2U);
  EXPECT_EQ(accounting_->ledger().abandoned, 2U) << "nobody knows their ids";
}

TEST_F(BatchIntakeTest, WhatIsKeptIsCompressedMeanwhile) {
  compression_ = Compression::kGzip;
  Make(BatchForm::kLines, false, 1'000'000);
  Part& part = Next(0);
  HandOver(part, {1}, 0, kLarge);
  EXPECT_EQ(Violation(), "");
  const uint32_t id = part.capture->batches.front();
  EXPECT_GE(kept_->bytes(), 130'000U) << "it may not compress";
  while (!kept_->Get(id).is_ready) {
    loop_->RunOnce(std::chrono::steady_clock::now() + std::chrono::seconds(10));
  }
  EXPECT_EQ(kept_->View(id).compression, Compression::kGzip);
  EXPECT_LT(kept_->bytes(), 90'000U);
  kept_->Remove(id);
  EXPECT_EQ(kept_->bytes(), 0U);
}

}  // namespace
}  // namespace espcap::supervise
