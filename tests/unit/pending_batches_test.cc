// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/pending_batches.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace espcap::kafka {
namespace {

const std::string kText(100, 'x');

Batch BatchOf(uint32_t slot, uint32_t documents) {
  Batch batch;
  batch.text = kText;
  batch.slot = slot;
  for (uint32_t position = 0; position < documents; ++position) {
    batch.documents.push_back({position, 1, position + 1, 7, 10});
  }
  return batch;
}

PendingDocument& Send(PendingBatches& pending) {
  PendingDocument& document = *pending.Next();
  pending.Take(document);
  ++document.batch->sent;
  return document;
}

void Return(PendingBatches& pending, PendingDocument& document) {
  --document.batch->sent;
  pending.PutBack(document);
}

std::pair<uint32_t, uint32_t> NameOf(const PendingDocument& document) {
  return {document.batch->batch.slot, document.position};
}

bool IsEven(uint32_t slot) { return slot % 2 == 0; }

TEST(PendingBatches, AreSentInTheOrderTheyCameHoweverTheyComeBack) {
  PendingBatches pending;
  pending.Add(BatchOf(5, 2));
  pending.Add(BatchOf(4, 2));
  std::array<PendingDocument*, 3> sent{};
  for (PendingDocument*& document : sent) document = &Send(pending);
  for (const size_t at : {2, 0, 1}) Return(pending, *sent[at]);
  EXPECT_TRUE(pending.AnyAgain());
  std::vector<std::pair<uint32_t, uint32_t>> order;
  while (pending.Next() != nullptr) order.push_back(NameOf(Send(pending)));
  EXPECT_EQ(order, (decltype(order){{5, 0}, {5, 1}, {4, 0}, {4, 1}}));
  EXPECT_FALSE(pending.AnyAgain());
}

TEST(PendingBatches, ABatchIsSettledWithItsLastDocument) {
  PendingBatches pending;
  pending.Add(BatchOf(3, 2));
  PendingBatch& batch = *Send(pending).batch;
  EXPECT_FALSE(pending.Settle(batch, 1, 10));
  EXPECT_EQ(batch.unsettled_packets, 10U);
  batch.delivery = Delivery::kFailed;
  const auto settled = pending.Settle(batch, 1, 10);
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->slot, 3U);
  EXPECT_EQ(settled->delivery, Delivery::kFailed);
  EXPECT_TRUE(pending.empty());
}

TEST(PendingBatches, WhatHasNoOutcomeIsTakenBackInOrder) {
  PendingBatches pending;
  for (const uint32_t slot : {2U, 3U, 4U}) pending.Add(BatchOf(slot, 2));
  std::array<PendingDocument*, 3> sent{};
  for (PendingDocument*& document : sent) document = &Send(pending);
  EXPECT_TRUE(pending.AnySent(IsEven));
  EXPECT_TRUE(pending.Reclaim(IsEven).empty())
      << "the first is with the producer, and 4 is younger";
  --sent[0]->batch->sent;
  EXPECT_FALSE(pending.Settle(*sent[0]->batch, 1, 10)) << "the other has no outcome";
  Return(pending, *sent[1]);
  EXPECT_FALSE(pending.AnySent(IsEven));
  const auto returned = pending.Reclaim(IsEven);
  ASSERT_EQ(returned.size(), 2U);
  EXPECT_EQ(returned[0].batch.slot, 2U);
  ASSERT_EQ(returned[0].batch.documents.size(), 1U);
  EXPECT_EQ(returned[0].batch.documents[0].frame_number, 2U);
  EXPECT_EQ(returned[1].batch.slot, 4U);
  EXPECT_EQ(returned[1].batch.documents.size(), 2U);
  EXPECT_EQ(pending.size(), 1U);
  EXPECT_EQ(NameOf(*pending.Next()), (std::pair<uint32_t, uint32_t>{3, 1}));
}

TEST(PendingBatches, WhatWaitsForItsDeadLetterIsNotTakenBack) {
  PendingBatches pending;
  pending.Add(BatchOf(2, 1));
  PendingBatch& batch = *Send(pending).batch;
  batch.sent = 0;
  batch.refusals = 1;
  EXPECT_TRUE(pending.Reclaim(IsEven).empty());
  batch.refusals = 0;
  EXPECT_TRUE(pending.Settle(batch, 1, 10));
}

}  // namespace
}  // namespace espcap::kafka
