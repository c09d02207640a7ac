// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/ring_feed.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>

#include "stream/frame_image.h"
#include "stream/stream_record.h"
#include "stream/stream_source.h"
#include "wiretap_once.h"

namespace espcap::live {
namespace {

using process::PacketRing;

class RingFeedTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { espcap::testing::StartWiretapOnce(); }

  RingFeedTest() {
    for (int ring = 0; ring < 2; ++ring) rings_.push_back(std::move(*PacketRing::Create()));
    header_.type = REC_TYPE_PACKET;
    header_.time = {7, 8};
  }

  RingFeed::Outcome Put(uint32_t ring, const std::vector<uint8_t>& bytes) {
    header_.details.packet_header.caplen = static_cast<guint32>(bytes.size());
    return feed_.Put(ring, header_, bytes, {});
  }

  std::unique_ptr<SharedCaptureState> shared_state_ =
      std::move(*SharedCaptureState::Create({3, 0}));
  RingFeed::Rings rings_;
  RingFeed feed_{*shared_state_, rings_, nullptr, source::FlowKey::kPair, 1};
  wireshark::RecordHeader header_{};
};

TEST_F(RingFeedTest, NumbersPacketsOverAllRings) {
  EXPECT_EQ(Put(0, {1}), RingFeed::Outcome::kTaken);
  EXPECT_EQ(Put(1, {2, 3}), RingFeed::Outcome::kTaken);
  rings_[1]->Wait(std::chrono::milliseconds(0));
  const std::span<const char> front = rings_[1]->Front();
  stream::StreamRecord record;
  std::memcpy(&record, front.data(), sizeof(record));
  EXPECT_EQ(record.frame_number, 2U);
  EXPECT_EQ(record.previous_time.secs, 7);
  wireshark::Record packet;
  ASSERT_TRUE(stream::FrameImage::Read(front.subspan(sizeof(record)), packet));
  EXPECT_EQ(packet.data().size(), 2U);
  EXPECT_EQ(packet.data()[1], 3U);
  EXPECT_EQ(shared_state_->CountsOf(1).received, 2U);
  EXPECT_EQ(shared_state_->CountsOf(1).bytes, 3U);
}

TEST_F(RingFeedTest, APacketSaysWhereItWasRecorded) {
  const std::vector<uint8_t> bytes = {1, 2, 3};
  header_.details.packet_header.caplen = static_cast<guint32>(bytes.size());
  feed_.Put(0, header_, bytes, {"/raw/a.pcapng", 7, 1234});
  feed_.Put(0, header_, bytes, {});
  stream::StreamSource source("live", *rings_[0]);
  ASSERT_EQ(source.Next(std::chrono::milliseconds(0)), PacketRing::State::kRecord);
  EXPECT_EQ(source.Origin().file, "/raw/a.pcapng");
  EXPECT_EQ(source.Origin().frame, 7U);
  EXPECT_EQ(source.Origin().offset, 1234);
  ASSERT_TRUE(source.has_image());
  EXPECT_EQ(source.record().data()[2], 3U);
  source.Pass();
  ASSERT_EQ(source.Next(std::chrono::milliseconds(0)), PacketRing::State::kRecord);
  EXPECT_EQ(source.Origin().file, "");
  EXPECT_EQ(source.Origin().frame, 2U);
  EXPECT_LT(source.Origin().offset, 0);
}

TEST_F(RingFeedTest, AFullRingTakesNoNumber) {
  const std::vector<uint8_t> large(rings_[0]->max_record_bytes() * 2 / 3);
  EXPECT_EQ(Put(0, large), RingFeed::Outcome::kTaken);
  EXPECT_EQ(Put(0, large), RingFeed::Outcome::kNoRoom);
  EXPECT_EQ(Put(1, {1}), RingFeed::Outcome::kTaken);
  stream::StreamRecord record;
  rings_[1]->Wait(std::chrono::milliseconds(0));
  std::memcpy(&record, rings_[1]->Front().data(), sizeof(record));
  EXPECT_EQ(record.frame_number, 2U);
}

TEST_F(RingFeedTest, TakesNothingBeyondTheLimit) {
  for (int packet = 0; packet < 3; ++packet) EXPECT_EQ(Put(0, {1}), RingFeed::Outcome::kTaken);
  EXPECT_EQ(Put(0, {1}), RingFeed::Outcome::kOver);
  EXPECT_EQ(shared_state_->Total().received, 3U);
}

TEST_F(RingFeedTest, APacketLargerThanTheRingIsSaidWithoutItsBytes) {
  EXPECT_EQ(Put(0, std::vector<uint8_t>(rings_[0]->max_record_bytes())), RingFeed::Outcome::kTaken);
  stream::StreamRecord record;
  rings_[0]->Wait(std::chrono::milliseconds(0));
  std::memcpy(&record, rings_[0]->Front().data(), sizeof(record));
  EXPECT_FALSE(record.has_image);
}

TEST_F(RingFeedTest, ADuplicateHasANumberAndNoRoom) {
  const auto known = SharedDuplicates::Create({std::chrono::nanoseconds(10), {}}).value();
  RingFeed feed(*shared_state_, rings_, known.get(), source::FlowKey::kPair, 0);
  const auto put = [&](std::vector<uint8_t> bytes, int nanoseconds) {
    header_.time.nsecs = nanoseconds;
    header_.details.packet_header.caplen = static_cast<guint32>(bytes.size());
    return feed.Put(0, header_, bytes, {});
  };
  // What found no room is no packet yet, and so no reason to leave out the next one.
  const std::vector<uint8_t> large(rings_[0]->max_record_bytes() * 2 / 3);
  EXPECT_EQ(put(std::vector<uint8_t>(large.size(), 1), 0), RingFeed::Outcome::kTaken);
  EXPECT_EQ(put(large, 1), RingFeed::Outcome::kNoRoom);
  EXPECT_EQ(put(large, 2), RingFeed::Outcome::kNoRoom);
  EXPECT_EQ(put({1}, 3), RingFeed::Outcome::kTaken);
  EXPECT_EQ(put({1}, 13), RingFeed::Outcome::kDuplicate);
  EXPECT_EQ(shared_state_->CountsOf(0).received, 3U);
  EXPECT_EQ(shared_state_->CountsOf(0).duplicates, 1U);
}

}  // namespace
}  // namespace espcap::live
