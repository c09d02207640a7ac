// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/segment_format.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::spool {
namespace {

constexpr uint64_t kMarker = 0x0123456789ABCDEF;

Frame SomeFrame() {
  Frame frame;
  frame.kind = FrameKind::kTail;
  frame.documents = 1000;
  frame.documents_before = 0x1122334455667788;
  frame.form = PayloadForm::kGzip;
  frame.text_bytes = 8'000'000;
  frame.list_bytes = 4000;
  frame.payload_bytes = 1'500'000;
  frame.list_crc = 0xAABBCCDD00112233;
  frame.payload_crc = 0xFFEEDDCCBBAA9988;
  return frame;
}

TEST(Crc64Test, IsTheOneOfXz) { EXPECT_EQ(Crc64("123456789"), 0x995DC9BBDF1939FA); }

TEST(SegmentNameTest, ComesBack) {
  const SegmentId id = {42, 500'000, kMarker};
  EXPECT_EQ(SegmentName(id), "segment-0000000042-000000000007a120-0123456789abcdef.spool");
  EXPECT_EQ(ParseSegmentName(SegmentName(id)), id);
  const SegmentId last = {~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}};
  EXPECT_EQ(ParseSegmentName(SegmentName(last)), last);
  // Ten digits are their least number.
  const SegmentId late = {10'000'000'000, 5, kMarker};
  EXPECT_EQ(ParseSegmentName(SegmentName(late)), late);
}

TEST(SegmentNameTest, AnythingElseIsForeign) {
  const std::string name = SegmentName({42, 500'000, kMarker});
  for (const std::string& other :
       {std::string(), std::string("lock"), std::string("damaged"), std::string("segment-.spool"),
        name.substr(1), name + ".gz", "." + name + ".swp", name.substr(0, name.size() - 1)}) {
    EXPECT_FALSE(ParseSegmentName(other)) << other;
  }
  // Nor is any letter of it another.
  for (size_t letter = 0; letter < name.size(); ++letter) {
    for (const char other : {'+', '-', ' ', 'x', 'A', '.'}) {
      std::string foreign = name;
      foreign[letter] = other;
      if (foreign == name) continue;
      EXPECT_FALSE(ParseSegmentName(foreign)) << foreign;
    }
  }
}

TEST(SegmentHeaderTest, ComesBackAndDamageIsSeen) {
  const std::string bytes = EncodeHeader({{7, 123'456'789'012, kMarker}});
  ASSERT_EQ(bytes.size(), kHeaderBytes);
  EXPECT_TRUE(bytes.starts_with("ESPSPOOL\x02"));
  const auto header = DecodeHeader(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->version, kFormatVersion);
  EXPECT_EQ(header->id, (SegmentId{7, 123'456'789'012, kMarker}));
  for (size_t bit = 0; bit < 8 * kHeaderBytes; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(DecodeHeader(damaged)) << bit;
  }
  EXPECT_FALSE(DecodeHeader(bytes.substr(1)));
  EXPECT_FALSE(DecodeHeader(bytes + '\0'));
}

TEST(SegmentHeaderTest, OfAnotherVersionTellsIt) {
  EXPECT_EQ(DecodeHeader(EncodeHeader({{1, 0, kMarker}, 9}))->version, 9U);
}

TEST(SegmentFrameTest, ComesBackAndDamageIsSeen) {
  const Frame frame = SomeFrame();
  const std::string bytes = EncodeFrame(frame, kMarker);
  ASSERT_EQ(bytes.size(), kFrameBytes);
  EXPECT_TRUE(bytes.starts_with(EncodeMarker(kMarker)));
  const auto back = DecodeFrame(bytes, kMarker);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->kind, frame.kind);
  EXPECT_EQ(back->documents, frame.documents);
  EXPECT_EQ(back->documents_before, frame.documents_before);
  EXPECT_EQ(back->DocumentsAfter(), frame.documents_before + 1000);
  EXPECT_EQ(back->form, frame.form);
  EXPECT_EQ(back->text_bytes, frame.text_bytes);
  EXPECT_EQ(back->list_bytes, frame.list_bytes);
  EXPECT_EQ(back->payload_bytes, frame.payload_bytes);
  EXPECT_EQ(back->BodyBytes(), 1'504'000U);
  EXPECT_EQ(back->list_crc, frame.list_crc);
  EXPECT_EQ(back->payload_crc, frame.payload_crc);
  for (size_t bit = 0; bit < 8 * kFrameBytes; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(DecodeFrame(damaged, kMarker)) << bit;
  }
}

TEST(SegmentFrameTest, OfAnotherSegmentIsNone) {
  EXPECT_FALSE(DecodeFrame(EncodeFrame(SomeFrame(), kMarker), kMarker + 1));
}

TEST(SegmentFrameTest, OfAnUnknownKindOrFormIsNone) {
  Frame frame = SomeFrame();
  frame.kind = static_cast<FrameKind>(4);
  EXPECT_FALSE(DecodeFrame(EncodeFrame(frame, kMarker), kMarker));
  frame = SomeFrame();
  frame.form = static_cast<PayloadForm>(0);
  EXPECT_FALSE(DecodeFrame(EncodeFrame(frame, kMarker), kMarker));
}

}  // namespace
}  // namespace espcap::spool
