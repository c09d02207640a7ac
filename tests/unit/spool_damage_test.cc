// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a spool makes of segments that are damaged in every place, and cut off at every length.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "file_size_limit.h"
#include "spool/spool.h"
#include "spool_batches.h"

namespace espcap::spool {
namespace {

using espcap::testing::Checked;
using espcap::testing::DrainFrames;
using espcap::testing::FileSizeLimit;
using espcap::testing::FramesFrom;
using espcap::testing::MakeBatch;
using espcap::testing::ReadWhole;
using espcap::testing::SpoolDirectory;

void WriteWhole(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// A record of a segment: where its parts begin.
struct Record {
  size_t head, list, payload, tail, mark, end;
  uint32_t first_frame, documents;
};

// A segment of three batches, of 2, 3 and 4 documents, and perhaps one more that follows it.
class SpoolDamageTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    {
      const auto spool = directory_.Open();
      for (const auto& [first, last] : kBatches) {
        ASSERT_TRUE(Checked(spool->Append(
            MakeBatch(first, last, first == 3 ? Compression::kGzip : Compression::kNone).Get())));
      }
    }
    segment_ = directory_.Segments().at(0);
    whole_ = ReadWhole(segment_);
    FindRecords();
    if (IsFollowed()) {
      const auto spool = directory_.Open();
      ASSERT_TRUE(Checked(spool->Append(MakeBatch(10, 14).Get())));
      follower_ = directory_.Segments().at(1);
      follower_bytes_ = ReadWhole(follower_);
    }
  }

  static bool IsFollowed() { return GetParam(); }
  [[nodiscard]] static uint32_t LastFrame() { return IsFollowed() ? 14 : 9; }

  // The directory as it was, but for the segment.
  void Restore(std::string_view bytes) {
    std::filesystem::remove_all(directory_.path() + "/damaged");
    for (const auto& segment : directory_.Segments()) std::filesystem::remove(segment);
    if (IsFollowed()) WriteWhole(follower_, follower_bytes_);
    WriteWhole(segment_, bytes);
    directory_.warnings().clear();
    directory_.errors().clear();
  }

  void FindRecords() {
    size_t at = kHeaderBytes;
    const auto marker =
        ParseSegmentName(std::filesystem::path(segment_).filename().native())->marker;
    for (const auto& [first, last] : kBatches) {
      const auto frame = DecodeFrame(whole_.substr(at, kFrameBytes), marker);
      ASSERT_TRUE(frame);
      const size_t list = at + kFrameBytes;
      const size_t payload = list + frame->list_bytes;
      const size_t tail = payload + frame->payload_bytes;
      records_.push_back({at, list, payload, tail, tail + kFrameBytes,
                          tail + kFrameBytes + kMarkBytes, first, frame->documents});
      at = records_.back().end;
    }
    ASSERT_EQ(at, whole_.size());
  }

  // All frames but those of the records that `is_lost` tells.
  template <class Predicate>
  std::vector<uint32_t> FramesWithout(Predicate is_lost) const {
    std::vector<uint32_t> frames;
    for (const Record& record : records_) {
      if (is_lost(record)) continue;
      for (uint32_t document = 0; document < record.documents; ++document) {
        frames.push_back(record.first_frame + document);
      }
    }
    if (IsFollowed()) {
      for (const uint32_t frame : FramesFrom(10, 14)) frames.push_back(frame);
    }
    return frames;
  }

  [[nodiscard]] bool IsSaid(std::string_view text) const {
    const auto messages = directory_.messages();
    return std::any_of(messages.begin(), messages.end(), [&](const auto& message) {
      return message.find(text) != std::string::npos;
    });
  }

  // What is kept aside is what was there, byte for byte.
  void ExpectKept(std::string_view damaged, uint64_t bytes) const {
    uint64_t sum = 0;
    for (const auto& path : directory_.Kept()) {
      const std::string kept = ReadWhole(path);
      const size_t at = std::stoull(path.substr(path.rfind('.') + 1));
      EXPECT_EQ(kept == damaged.substr(at, kept.size()), true) << path;
      EXPECT_TRUE(IsSaid(path)) << path;
      sum += kept.size();
    }
    EXPECT_EQ(sum, bytes);
  }

  static constexpr std::array<std::pair<uint32_t, uint32_t>, 3> kBatches = {
      {{1, 2}, {3, 5}, {6, 9}}};

  SpoolDirectory directory_;
  std::string segment_;
  std::string whole_;
  std::string follower_;
  std::string follower_bytes_;
  std::vector<Record> records_;
};

INSTANTIATE_TEST_SUITE_P(Newest, SpoolDamageTest, ::testing::Values(false, true),
                         [](const auto& is_followed) {
                           return is_followed.param ? "Followed" : "Last";
                         });

// The one that counts: no crash, nothing delivered wrong, the loss counted, named and kept.
TEST_P(SpoolDamageTest, EveryByteFlippedInTurn) {
  for (size_t byte = 0; byte < whole_.size(); ++byte) {
    for (const int flip : {0x01, 0xFF}) {
      SCOPED_TRACE(::testing::Message() << "byte " << byte << " ^ " << flip);
      std::string damaged = whole_;
      damaged[byte] = static_cast<char>(damaged[byte] ^ flip);
      Restore(damaged);
      const auto is_lost = [&](const Record& record) {
        return byte >= record.list && byte < record.tail;  // of its body
      };
      const auto hit = std::find_if(records_.begin(), records_.end(), is_lost);
      const uint64_t lost_documents = hit == records_.end() ? 0 : hit->documents;
      const uint64_t lost_bytes = hit == records_.end() ? 0 : hit->end - hit->head;

      const auto spool = directory_.Open();
      ASSERT_EQ(DrainFrames(*spool), FramesWithout(is_lost));
      ASSERT_EQ(spool->lost().documents, lost_documents);
      ASSERT_EQ(spool->lost().bytes, lost_bytes);
      ASSERT_EQ(spool->lost().uncounted, 0U);
      ASSERT_EQ(spool->torn().bytes, 0U);
      ASSERT_EQ(spool->documents(), 0U);
      ExpectKept(damaged, lost_bytes);
      // A damaged head or header costs nothing, but is said.
      const bool is_head = std::any_of(records_.begin(), records_.end(), [&](const Record& record) {
        return byte >= record.head && byte < record.list;
      });
      ASSERT_EQ(directory_.errors().size(), lost_bytes > 0 ? 1U : 0U);
      ASSERT_EQ(directory_.warnings().size(), is_head || byte < kHeaderBytes ? 1U : 0U);
      ASSERT_EQ(directory_.Segments().size(), 0U);
    }
  }
}

// A run that reads nothing, and one after it: each loss is counted by the first that meets it.
TEST_P(SpoolDamageTest, NoLossIsCountedTwice) {
  for (size_t byte = 0; byte < whole_.size(); byte += 3) {
    SCOPED_TRACE(byte);
    std::string damaged = whole_;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x10);
    Restore(damaged);
    uint64_t lost = directory_.Open()->lost().documents;
    {
      const auto spool = directory_.Open();
      const auto frames = DrainFrames(*spool);
      lost += spool->lost().documents;
      ASSERT_EQ(frames.size() + lost, LastFrame());
    }
    ASSERT_EQ(directory_.Open()->lost().documents, 0U);
  }
}

TEST_P(SpoolDamageTest, EveryLengthItCanBeCutTo) {
  for (size_t length = 0; length <= whole_.size(); ++length) {
    SCOPED_TRACE(length);
    Restore(whole_.substr(0, length));
    const auto is_lost = [&](const Record& record) { return length < record.tail; };
    const auto spool = directory_.Open();
    const Loss lost = spool->lost();
    const Loss torn = spool->torn();
    const auto frames = DrainFrames(*spool);
    ASSERT_EQ(frames, FramesWithout(is_lost));
    ASSERT_EQ(spool->lost().documents, lost.documents);
    const auto cut = std::find_if(records_.begin(), records_.end(), is_lost);
    // The rest of a record that isn't whole; a header alone is one too.
    const size_t begin = cut == records_.end() || length <= kHeaderBytes ? 0 : cut->head;
    const uint64_t rest = cut == records_.end() ? 0 : std::max(length, begin) - begin;
    if (IsFollowed() && length > 0) {
      // The next segment tells exactly.
      ASSERT_EQ(frames.size() + lost.documents, LastFrame());
      ASSERT_EQ(lost.uncounted, 0U);
      ASSERT_EQ(lost.bytes, rest);
      ASSERT_EQ(torn.bytes, 0U);
    } else if (length > 0) {
      // Its own head tells, if it is there.
      const bool has_head = cut != records_.end() && length >= cut->list;
      ASSERT_EQ(lost.bytes, 0U);
      ASSERT_EQ(torn.bytes, rest);
      ASSERT_EQ(torn.documents, has_head ? cut->documents : 0U);
      ASSERT_EQ(torn.uncounted, rest > 0 && !has_head ? 1U : 0U);
      ASSERT_EQ(directory_.warnings().size(), rest > 0 ? 1U : 0U);
      ASSERT_EQ(directory_.errors().size(), 0U);
    }
    ExpectKept(whole_, rest);
    ASSERT_EQ(directory_.Segments().size(), 0U);
  }
}

// After a torn end the spool goes on, and the loss isn't met again.
TEST_P(SpoolDamageTest, ATornEndIsPutAsideOnce) {
  const std::string& newest = IsFollowed() ? follower_bytes_ : whole_;
  for (size_t length = 1; length < newest.size(); length += 5) {
    SCOPED_TRACE(length);
    Restore(whole_);
    WriteWhole(IsFollowed() ? follower_ : segment_, newest.substr(0, length));
    uint64_t before = 0;
    {
      const auto spool = directory_.Open();
      before = spool->documents();
      ASSERT_TRUE(Checked(spool->Append(MakeBatch(100, 104).Get())));
    }
    const auto kept = directory_.Kept();
    const auto next =
        ParseSegmentName(std::filesystem::path(directory_.Segments().back()).filename().native());
    ASSERT_TRUE(next);
    ASSERT_EQ(next->documents_before, before);
    ASSERT_EQ(next->number, directory_.Segments().size());  // none is left out
    const auto spool = directory_.Open();
    ASSERT_EQ(spool->documents(), before + 5);
    ASSERT_EQ(spool->lost().bytes + spool->torn().bytes, 0U);
    ASSERT_EQ(DrainFrames(*spool).size(), before + 5);
    ASSERT_EQ(directory_.Kept(), kept);
  }
}

TEST_P(SpoolDamageTest, WhatIsLostIsNamed) {
  std::string damaged = whole_;
  damaged[records_[1].payload] = static_cast<char>(damaged[records_[1].payload] ^ 1);
  Restore(damaged);
  const auto spool = directory_.Open();
  DrainFrames(*spool);
  const std::string name = std::filesystem::path(segment_).filename();
  const std::string at = std::to_string(records_[1].head);
  const std::string bytes = std::to_string(records_[1].end - records_[1].head);
  ASSERT_EQ(directory_.errors().size(), 1U);
  EXPECT_EQ(directory_.errors()[0],
            "spool " + directory_.path() + ": " + name + " is damaged at byte " + at + " (" +
                bytes + " bytes, packets 3 to 5 of a.pcap); lost: 3 documents; kept as " +
                directory_.path() + "/damaged/" + name + "." + at);
}

// Blocks of zeros, as a disk leaves them after a power failure: heads and tails are gone too.
TEST_P(SpoolDamageTest, AnyBlockOfZeros) {
  for (size_t begin = 0; begin < whole_.size(); begin += 13) {
    for (const size_t bytes : {20U, 100U, 200U, 400U}) {
      SCOPED_TRACE(::testing::Message() << bytes << " from " << begin);
      std::string damaged = whole_;
      const size_t end = std::min(begin + bytes, whole_.size());
      std::fill(damaged.begin() + static_cast<ptrdiff_t>(begin),
                damaged.begin() + static_cast<ptrdiff_t>(end), '\0');
      Restore(damaged);
      const auto spool = directory_.Open();
      const auto is_lost = [&](const Record& record) {
        const bool has_head = end <= record.head || begin >= record.list;
        const bool has_body = end <= record.list || begin >= record.tail;
        const bool has_tail = end <= record.tail || begin >= record.mark;
        return !has_body || !(has_head || has_tail);
      };
      const auto frames = DrainFrames(*spool);
      ASSERT_EQ(frames, FramesWithout(is_lost));
      const uint64_t missing = LastFrame() - frames.size();
      const uint64_t counted = spool->lost().documents + spool->torn().documents;
      const uint64_t uncounted = spool->lost().uncounted + spool->torn().uncounted;
      ASSERT_LE(counted, missing);
      ASSERT_EQ(uncounted > 0, counted < missing);
      // Nothing tells only where the newest segment has lost its end, or all there is.
      ASSERT_TRUE(uncounted == 0 || (!IsFollowed() && end + kRecordOverhead > whole_.size()));
    }
  }
}

// Damage that comes while the spool is open is met like any other.
TEST_P(SpoolDamageTest, DamageAfterOpening) {
  for (size_t byte = 0; byte < whole_.size(); ++byte) {
    SCOPED_TRACE(byte);
    Restore(whole_);
    const auto spool = directory_.Open();
    ASSERT_EQ(spool->documents(), LastFrame());
    std::string damaged = whole_;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x20);
    WriteWhole(segment_, damaged);
    const auto is_lost = [&](const Record& record) {
      return byte >= record.list && byte < record.tail;
    };
    const auto frames = DrainFrames(*spool);
    ASSERT_EQ(frames, FramesWithout(is_lost));
    ASSERT_EQ(frames.size() + spool->lost().documents, LastFrame());
  }
}

TEST_P(SpoolDamageTest, ShrinkingAfterOpening) {
  for (size_t length = 0; length < whole_.size(); length += 11) {
    SCOPED_TRACE(length);
    Restore(whole_);
    const auto spool = directory_.Open();
    std::filesystem::resize_file(segment_, length);
    const auto frames = DrainFrames(*spool);
    ASSERT_EQ(frames, FramesWithout([&](const Record& record) { return length < record.tail; }));
    ASSERT_EQ(frames.size() + spool->lost().documents, LastFrame());
    ASSERT_EQ(spool->documents(), 0U);
  }
}

// A disk with no room for the copy: the bytes stay where they are, the rest is delivered.
TEST_P(SpoolDamageTest, WhatCantBeCopiedStays) {
  std::string damaged = whole_;
  damaged[records_[1].list] = static_cast<char>(damaged[records_[1].list] ^ 1);
  Restore(damaged);
  const auto is_lost = [&](const Record& record) { return record.first_frame == 3; };
  {
    const FileSizeLimit limit(100);
    const auto spool = directory_.Open();
    ASSERT_EQ(DrainFrames(*spool), FramesWithout(is_lost));
    ASSERT_EQ(spool->lost().documents, 3U);
  }
  EXPECT_TRUE(IsSaid("; it stays where it is: write "));
  EXPECT_EQ(directory_.Kept().size(), 0U);
  ASSERT_EQ(directory_.Segments().size(), 1U);
  // With room again, the next run puts it aside.
  const auto spool = directory_.Open();
  DrainFrames(*spool);
  EXPECT_EQ(spool->lost().documents, 3U);
  EXPECT_EQ(directory_.Kept().size(), 1U);
  EXPECT_EQ(directory_.Segments().size(), 0U);
}

}  // namespace
}  // namespace espcap::spool
