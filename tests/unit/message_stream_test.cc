// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/message_stream.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace espcap::supervise {
namespace {

using Offsets = std::vector<int64_t>;

class MessageStreamTest : public ::testing::Test {
 protected:
  // A message with these records at the next offset.
  void Put(std::vector<uint32_t> numbers) {
    FedMessage message;
    message.offset = next_offset_++;
    message.capture = {7};
    message.numbers = std::move(numbers);
    message.owner = std::make_shared<int>();
    messages_.push_back(std::move(message));
  }
  std::optional<MessageStream::Given> Give() {
    return stream_.Give([this]() -> std::optional<FedMessage> {
      if (messages_.empty()) return std::nullopt;
      FedMessage message = std::move(messages_.front());
      messages_.pop_front();
      return message;
    });
  }
  // The worker has read it whole.
  bool Read(uint64_t frames) { return stream_.NoteRead(frames, frames, false).has_value(); }

  struct Document {
    uint64_t sequence = 0;
    uint32_t index = 0;
  };
  // A slot that accounts for this number of frames, and the last of them.
  static SlotContents Slot(const std::vector<Document>& documents, uint64_t captured,
                           uint32_t last_frame) {
    SlotContents contents;
    contents.progress.captured = captured;
    contents.progress.last_frame = last_frame;
    for (const Document& document : documents) {
      contents.documents.push_back({1, document.sequence << 32U | document.index});
    }
    return contents;
  }
  // The numbers of the documents' ids; none: it breaks the rules.
  std::optional<std::vector<uint32_t>> Account(const SlotContents& contents,
                                               MessageRange* range = nullptr) {
    const auto keys = stream_.Check(contents, last_record_);
    if (!keys) return std::nullopt;
    if (!contents.documents.empty()) last_record_ = contents.documents.back().record_number;
    const MessageRange batch = stream_.Account(contents);
    if (range != nullptr) *range = batch;
    std::vector<uint32_t> numbers;
    for (const DocumentKey& key : *keys) numbers.push_back(key.record_number);
    return numbers;
  }

  MessageStream stream_{1, 3};
  std::deque<FedMessage> messages_;
  int64_t next_offset_ = 100;
  uint64_t last_record_ = 0;
};

using Numbers = std::vector<uint32_t>;

TEST_F(MessageStreamTest, GivesAMessageAgainThatTheWorkerDidNotGet) {
  Put({1, 2});
  ASSERT_EQ(Give()->sequence, 1U);
  stream_.TakeBack();
  EXPECT_EQ(stream_.Reading(), nullptr);
  Put({1});
  const auto again = Give();
  EXPECT_EQ(again->sequence, 1U);
  EXPECT_EQ(again->first_frame, 1U);
  EXPECT_TRUE(Read(2));
  EXPECT_EQ(Give()->sequence, 2U);
}

TEST_F(MessageStreamTest, AMessageIsSettledWithItsLastBatch) {
  Put({5, 9, 12});
  const auto given = Give();
  ASSERT_TRUE(given);
  EXPECT_EQ(given->sequence, 1U);
  EXPECT_EQ(given->first_frame, 1U);
  MessageRange first;
  MessageRange second;
  EXPECT_EQ(Account(Slot({{1, 1}, {1, 2}}, 2, 2), &first), (Numbers{5, 9}));
  EXPECT_EQ(Account(Slot({{1, 3}}, 1, 3), &second), (Numbers{12}));
  stream_.NoteSettled(first, Delivery::kAcknowledged);
  stream_.NoteSettled(second, Delivery::kDeadLettered);
  EXPECT_EQ(stream_.DrainSettled(), Offsets{}) << "it may have more packets";
  EXPECT_TRUE(Read(3));
  EXPECT_EQ(stream_.DrainSettled(), Offsets{100});
  EXPECT_EQ(stream_.DrainSettled(), Offsets{});
}

TEST_F(MessageStreamTest, ABatchHasDocumentsOfSeveral) {
  for (int message = 0; message < 3; ++message) Put({1});
  for (uint32_t message = 0; message < 3; ++message) {
    EXPECT_EQ(Give()->first_frame, message + 1);
    EXPECT_TRUE(Read(1));
  }
  MessageRange range;
  EXPECT_EQ(Account(Slot({{1, 1}, {3, 1}}, 3, 3), &range), (Numbers{1, 1}));
  EXPECT_EQ(range.first, 1U);
  EXPECT_EQ(range.last, 3U);
  stream_.NoteSettled(range, Delivery::kAcknowledged);
  EXPECT_EQ(stream_.DrainSettled(), (Offsets{100, 101, 102}));
}

TEST_F(MessageStreamTest, WhatHasNoDocumentsIsSettledAsWell) {
  Put({1, 2});
  Put({});
  Give();
  EXPECT_TRUE(Read(2));
  EXPECT_TRUE(Account(Slot({}, 2, 2)));
  EXPECT_EQ(stream_.DrainSettled(), Offsets{100});
  Give();
  EXPECT_TRUE(Read(0));
  EXPECT_EQ(stream_.DrainSettled(), Offsets{101});
}

TEST_F(MessageStreamTest, AWorkerIsNotBelieved) {
  Put({5, 9});
  Put({1});
  EXPECT_FALSE(stream_.NoteRead(1, 1, false)) << "it has none";
  EXPECT_TRUE(stream_.NoteRead(0, 0, false)) << "its first words";
  Give();
  EXPECT_FALSE(Account(Slot({{1, 3}}, 1, 1))) << "a packet that the message hasn't";
  EXPECT_FALSE(Account(Slot({{1, 0}}, 1, 1)));
  EXPECT_FALSE(Account(Slot({{2, 1}}, 1, 1))) << "a message that it hasn't";
  EXPECT_FALSE(Account(Slot({{0, 1}}, 1, 1)));
  EXPECT_FALSE(Account(Slot({{1, 2}, {1, 1}}, 2, 2))) << "order";
  EXPECT_FALSE(Account(Slot({{1, 1}}, 1, 2))) << "a frame further";
  EXPECT_FALSE(Account(Slot({{1, 1}}, 3, 3))) << "more than the message has";
  EXPECT_EQ(Account(Slot({{1, 1}, {1, 2}}, 2, 2)), (Numbers{5, 9}));
  EXPECT_FALSE(Account(Slot({{1, 2}}, 1, 3))) << "twice";
  EXPECT_FALSE(Read(1)) << "less than it has handed over";
}

TEST_F(MessageStreamTest, ItReadsNoMoreThanTheHeadersSay) {
  Put({5, 9});
  Give();
  EXPECT_FALSE(Read(3));
}

TEST_F(MessageStreamTest, AnotherWorkerGoesOnBehindWhatIsAccountedFor) {
  Put({1, 2});
  Put({3, 4});
  Put({5});
  for (int message = 0; message < 2; ++message) {
    Give();
    EXPECT_TRUE(Read(2));
  }
  Give();
  EXPECT_EQ(Account(Slot({{1, 1}, {1, 2}, {2, 1}}, 3, 3)), (Numbers{1, 2, 3}));
  process::Job job;
  stream_.Restart(job);
  EXPECT_EQ(job.settled_frame, 3U);
  const auto again = Give();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->sequence, 2U);
  EXPECT_EQ(again->first_frame, 3U);
  EXPECT_TRUE(again->message->owner) << "it is needed once more";
  EXPECT_TRUE(Read(2));
  EXPECT_EQ(Give()->first_frame, 5U);
  EXPECT_TRUE(Read(1));
  EXPECT_EQ(Account(Slot({{2, 2}, {3, 1}}, 2, 5)), (Numbers{4, 5}));
}

TEST_F(MessageStreamTest, ADamagedOneIsSettledOnceItIsKept) {
  Put({1, 2, 3});
  Give();
  EXPECT_TRUE(Account(Slot({}, 1, 1)));
  const auto fault = stream_.NoteRead(1, 1, true);
  ASSERT_TRUE(fault && *fault);
  EXPECT_EQ((*fault)->missing, 2U);
  EXPECT_TRUE((*fault)->message->owner);
  EXPECT_TRUE(stream_.AwaitsKeeping());
  EXPECT_EQ(stream_.DrainSettled(), Offsets{});
  stream_.NoteKept((*fault)->sequence, true);
  EXPECT_FALSE(stream_.AwaitsKeeping());
  EXPECT_EQ(stream_.DrainSettled(), Offsets{100});
}

TEST_F(MessageStreamTest, WhatIsLostIsNeverSettled) {
  Put({1});
  Put({2});
  MessageRange range;
  Give();
  EXPECT_TRUE(Read(1));
  EXPECT_TRUE(Account(Slot({{1, 1}}, 1, 1), &range));
  stream_.NoteSettled(range, Delivery::kFailed);
  EXPECT_TRUE(stream_.has_failed());
  Give();
  const auto fault = stream_.NoteRead(0, 0, true);
  ASSERT_TRUE(fault && *fault);
  stream_.NoteKept((*fault)->sequence, false);
  EXPECT_EQ(stream_.DrainSettled(), Offsets{});
}

TEST_F(MessageStreamTest, AClosedOneGivesWhatAnEarlierWorkerHasLeft) {
  Put({1});
  Put({2});
  Give();
  stream_.Close();
  EXPECT_TRUE(stream_.IsSpent());
  process::Job job;
  stream_.Restart(job);
  EXPECT_FALSE(stream_.IsSpent());
  EXPECT_TRUE(Give());
  EXPECT_FALSE(Give());
  EXPECT_TRUE(stream_.IsSpent());
}

}  // namespace
}  // namespace espcap::supervise
