// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/batch_dispatcher.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "base/event_loop.h"
#include "temporary_directory.h"

namespace espcap::supervise {
namespace {

class BatchDispatcherTest : public ::testing::Test {
 protected:
  BatchDispatcherTest() {
    captures_.Add({{folder_.Write("a.pcap", "a"), true}});
    Part& part = *captures_.Next();
    part.ended = part.complete = true;
    capture_ = part.capture;
  }
  void KeepBatch() {
    SlotContents contents;
    contents.documents.push_back({0, 1, 5, 0, 1});
    CheckedText checked;
    checked.documents.push_back({});
    capture_->batches.push_back(kept_->Add(*capture_, contents, std::move(checked)));
  }

  testing::TemporaryDirectory folder_;
  CaptureQueue captures_{CaptureQueue::Options{}};
  Capture* capture_ = nullptr;
  std::unique_ptr<base::EventLoop> loop_ = base::EventLoop::Create().value();
  std::unique_ptr<KeptBatches> kept_ =
      std::move(KeptBatches::Create(*loop_, Compression::kNone, 1).value());
  Accounting accounting_{{}};
  BatchDispatcher batches_{captures_, *kept_, accounting_, false};
};

TEST_F(BatchDispatcherTest, ACaptureOfWhichABatchIsGivenUpIsNotComplete) {
  KeepBatch();
  EXPECT_FALSE(capture_->Settled());
  batches_.Abandon();
  EXPECT_EQ(accounting_.ledger().abandoned, 1U);
  EXPECT_TRUE(capture_->Settled());
  EXPECT_FALSE(capture_->Complete());
}

TEST_F(BatchDispatcherTest, ACaptureFaresAsTheWorstOfItsBatches) {
  EXPECT_EQ(capture_->delivery, Delivery::kAcknowledged);
  capture_->NoteDelivery(Delivery::kSpooled, 3);
  capture_->NoteDelivery(Delivery::kAcknowledged, 4);
  capture_->NoteDelivery(Delivery::kSpooled, 5);
  EXPECT_EQ(capture_->delivery, Delivery::kSpooled);
  EXPECT_EQ(capture_->undelivered_at_spooling, 3U);
  EXPECT_TRUE(capture_->Complete());
  capture_->NoteDelivery(Delivery::kDeadLettered, 6);
  capture_->NoteDelivery(Delivery::kSpooled, 6);
  EXPECT_EQ(capture_->delivery, Delivery::kDeadLettered);
  EXPECT_TRUE(capture_->Complete());
  capture_->NoteDelivery(Delivery::kFailed, 7);
  EXPECT_FALSE(capture_->Complete());
}

}  // namespace
}  // namespace espcap::supervise
