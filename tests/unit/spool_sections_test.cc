// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <tuple>

#include "spool/spool.h"
#include "spool_batches.h"

namespace espcap::spool {
namespace {

using espcap::testing::Checked;
using espcap::testing::DrainFrames;
using espcap::testing::FramesFrom;
using espcap::testing::MadeBatch;
using espcap::testing::MakeBatch;
using espcap::testing::ReadWhole;
using espcap::testing::SpoolDirectory;

// As an earlier release has left it: its lists have documents alone.
TEST(SpoolContents, VersionOneIsRead) {
  const SpoolDirectory directory;
  ASSERT_TRUE(Checked(directory.Open()->Append(MakeBatch(1, 20).Get())));
  const std::string path = directory.Segments().front();
  std::string bytes = ReadWhole(path);
  const auto header = DecodeHeader(bytes.substr(0, kHeaderBytes));
  bytes.replace(0, kHeaderBytes, EncodeHeader({header->id, 1}));
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_EQ(DrainFrames(*directory.Open()), FramesFrom(1, 20));
  EXPECT_EQ(directory.messages(), SpoolDirectory::Messages());
}

MadeBatch MakeSections() {
  MadeBatch batch;
  const std::tuple<size_t, uint32_t, uint64_t, uint64_t> sections[] = {
      {100, 7, 0xFEDC'BA98'7654'3210, 3}, {50, 2, 5, 1}, {300, 9, 0, 40'000}};
  for (const auto& [bytes, frame_number, conversation, packets] : sections) {
    batch.documents.push_back({batch.text.size(), bytes, frame_number, conversation, packets});
    batch.text.append(bytes, static_cast<char>('a' + frame_number));
  }
  return batch;
}

TEST(SpoolContents, SectionsKeepTheirPartitionAndPacketsAreCounted) {
  const SpoolDirectory directory;
  const MadeBatch made = MakeSections();
  {
    const auto spool = directory.Open(Contents::kSections);
    ASSERT_TRUE(Checked(spool->Append(made.Get())));
    ASSERT_TRUE(Checked(spool->Append(made.Get())));
    EXPECT_EQ(spool->documents(), 80'008U);
  }
  const auto spool = directory.Open(Contents::kSections);
  EXPECT_EQ(spool->documents(), 80'008U);
  const auto taken = Checked(spool->Next());
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->contents, Contents::kSections);
  EXPECT_EQ(taken->text, made.text);
  ASSERT_EQ(taken->documents.size(), made.documents.size());
  for (size_t place = 0; place < made.documents.size(); ++place) {
    const DocumentSpan& found = taken->documents[place];
    const DocumentSpan& given = made.documents[place];
    EXPECT_EQ(std::tie(found.offset, found.length, found.frame_number),
              std::tie(given.offset, given.length, given.frame_number));
    EXPECT_EQ(std::tie(found.conversation, found.packets),
              std::tie(given.conversation, given.packets));
  }
  spool->Settle(taken->ticket);
  EXPECT_EQ(spool->documents(), 40'004U);
}

TEST(SpoolContents, DamagedSectionsAreCountedByPackets) {
  const SpoolDirectory directory;
  ASSERT_TRUE(Checked(directory.Open(Contents::kSections)->Append(MakeSections().Get())));
  ASSERT_TRUE(Checked(directory.Open(Contents::kSections)->Append(MakeSections().Get())));
  const std::string path = directory.Segments().front();
  std::string bytes = ReadWhole(path);
  bytes[bytes.size() - kFrameBytes - kMarkBytes - 1] ^= 1;  // of the payload
  std::ofstream(path, std::ios::binary) << bytes;
  const auto spool = directory.Open(Contents::kSections);
  const auto taken = Checked(spool->Next());
  ASSERT_TRUE(taken);
  EXPECT_EQ(PacketsOf(taken->documents), 40'004U) << "the other segment's";
  EXPECT_EQ(spool->lost().documents, 40'004U);
  ASSERT_EQ(directory.errors().size(), 1U);
  EXPECT_NE(directory.errors()[0].find("packets of a.pcap); lost: 40004 packets"),
            std::string::npos)
      << directory.errors()[0];
  EXPECT_NE(directory.errors()[0].find(path.substr(path.rfind('/') + 1)), std::string::npos);
}

}  // namespace
}  // namespace espcap::spool
