// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/spool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "as_nobody.h"
#include "file_size_limit.h"
#include "spool_batches.h"
#include "synced_files.h"

namespace espcap::spool {
namespace {

using espcap::testing::AsNobody;
using espcap::testing::Checked;
using espcap::testing::DrainFrames;
using espcap::testing::FileSizeLimit;
using espcap::testing::FramesFrom;
using espcap::testing::MadeBatch;
using espcap::testing::MakeBatch;
using espcap::testing::ReadWhole;
using espcap::testing::SpoolDirectory;
using espcap::testing::SyncsOf;

constexpr uint64_t kManyBytes = uint64_t{1} << 30U;

class SpoolTest : public ::testing::Test {
 protected:
  static void Append(Spool& spool, const MadeBatch& batch) {
    ASSERT_TRUE(Checked(spool.Append(batch.Get())));
  }
  // A batch a call, of ten frames.
  static void AppendTens(Spool& spool, uint32_t batches, uint32_t first = 1) {
    for (uint32_t batch = 0; batch < batches; ++batch) {
      const uint32_t begin = first + 10 * batch;
      ASSERT_TRUE(Checked(spool.Append(MakeBatch(begin, begin + 9).Get())));
    }
  }

  const SpoolDirectory directory_;
};

TEST_F(SpoolTest, GivesBackWhatItGotOldestFirst) {
  const auto spool = directory_.Open();
  EXPECT_EQ(spool->documents(), 0U);
  EXPECT_EQ(spool->bytes(), 0U);
  EXPECT_FALSE(Checked(spool->Next()));
  const MadeBatch first = MakeBatch(1, 100, Compression::kGzip);
  const MadeBatch second = MakeBatch(200, 205);
  Append(*spool, first);
  Append(*spool, second);
  EXPECT_EQ(spool->documents(), 106U);
  const auto one = Checked(spool->Next());
  const auto two = Checked(spool->Next());
  ASSERT_TRUE(one && two);
  EXPECT_FALSE(Checked(spool->Next()));  // neither is given twice
  EXPECT_EQ(one->text, first.text);
  EXPECT_EQ(*one->source, "a.pcap");
  EXPECT_EQ(one->compression, Compression::kGzip);
  EXPECT_EQ(one->compressed, first.compressed);
  EXPECT_EQ(two->text, second.text);
  EXPECT_EQ(two->compression, Compression::kNone);
  EXPECT_EQ(two->compressed, "");
  ASSERT_EQ(two->documents.size(), 6U);
  EXPECT_EQ(two->documents[5].frame_number, 205U);
  EXPECT_EQ(two->AsBatch().Text(two->documents[5]), second.Get().Text(second.documents[5]));
  EXPECT_EQ(spool->documents(), 106U);
  spool->Settle(one->ticket);
  spool->Settle(two->ticket);
  EXPECT_EQ(spool->documents(), 0U);
  EXPECT_EQ(directory_.messages(), SpoolDirectory::Messages());
}

TEST_F(SpoolTest, EverySizeAndOrderOfDocumentsComesBack) {
  const auto spool = directory_.Open();
  MadeBatch odd;
  odd.text = "abcdefgh";
  odd.source = std::make_shared<const std::string>("");
  odd.documents = {{0, 3, 4'000'000'000}, {3, 0, 0}, {3, 4, 4'294'967'295}, {7, 1, 7}};
  Append(*spool, odd);
  MadeBatch no_source = odd;
  no_source.source.reset();
  Append(*spool, no_source);
  const MadeBatch large = MakeBatch(1, 60'000);
  Append(*spool, large);
  for (int batch = 0; batch < 2; ++batch) {
    const auto back = Checked(spool->Next());
    ASSERT_TRUE(back);
    EXPECT_EQ(back->text, odd.text);
    EXPECT_EQ(*back->source, "");
    ASSERT_EQ(back->documents.size(), 4U);
    for (size_t document = 0; document < 4; ++document) {
      EXPECT_EQ(back->documents[document].offset, odd.documents[document].offset);
      EXPECT_EQ(back->documents[document].length, odd.documents[document].length);
      EXPECT_EQ(back->documents[document].frame_number, odd.documents[document].frame_number);
    }
  }
  EXPECT_EQ(Checked(spool->Next())->text == large.text, true);
}

// The rest of a batch whose other documents have landed.
TEST_F(SpoolTest, OnlyTheDocumentsOfABatchAreSpooled) {
  const auto spool = directory_.Open();
  MadeBatch batch = MakeBatch(1, 10, Compression::kGzip);
  batch.documents = {batch.documents[2], batch.documents[7], batch.documents[4]};
  Append(*spool, batch);
  const auto back = Checked(spool->Next());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->compression, Compression::kNone);  // the gzip form holds all ten
  EXPECT_EQ(back->text,
            testing::DocumentText(3) + testing::DocumentText(8) + testing::DocumentText(5));
  spool->Settle(back->ticket);
  Append(*spool, batch);
  EXPECT_EQ(DrainFrames(*spool), (std::vector<uint32_t>{3, 8, 5}));
}

TEST_F(SpoolTest, TheNextRunGetsWhatIsNotSettled) {
  {
    const auto spool = directory_.Open();
    AppendTens(*spool, 4);
    const auto one = Checked(spool->Next());
    const auto two = Checked(spool->Next());
    spool->Settle(two->ticket);
    EXPECT_EQ(spool->documents(), 30U);
  }
  const auto spool = directory_.Open();
  EXPECT_EQ(spool->documents(), 30U);
  AppendTens(*spool, 1, 41);
  std::vector<uint32_t> expected = FramesFrom(1, 10);
  for (const uint32_t frame : FramesFrom(21, 50)) expected.push_back(frame);
  EXPECT_EQ(DrainFrames(*spool), expected);
  EXPECT_EQ(directory_.Segments().size(), 0U);
  EXPECT_EQ(directory_.messages(), SpoolDirectory::Messages());
}

TEST_F(SpoolTest, OfTwoBatchesTheSettledOneIsNotSentAgain) {
  for (const size_t settled : {0U, 1U}) {
    {
      const auto spool = directory_.Open();
      AppendTens(*spool, 2);
      ASSERT_EQ(directory_.Segments().size(), 1U);
      const std::array batches = {Checked(spool->Next()), Checked(spool->Next())};
      spool->Settle(batches.at(settled)->ticket);
    }
    EXPECT_EQ(DrainFrames(*directory_.Open()),
              settled == 0 ? FramesFrom(11, 20) : FramesFrom(1, 10));
  }
}

TEST_F(SpoolTest, TextIsCompressedOnDisk) {
  const auto spool = directory_.Open();
  const MadeBatch batch = MakeBatch(1, 1000);
  Append(*spool, batch);
  EXPECT_LT(spool->bytes(), batch.text.size() / 5);
  EXPECT_EQ(spool->bytes(), std::filesystem::file_size(directory_.Segments().at(0)));
}

TEST_F(SpoolTest, ZstdOfTheMakerIsNotKept) {
  const auto spool = directory_.Open();
  const MadeBatch batch = MakeBatch(1, 10, Compression::kZstd);
  Append(*spool, batch);
  const auto back = Checked(spool->Next());
  EXPECT_EQ(back->text, batch.text);
  EXPECT_EQ(back->compression, Compression::kNone);
}

TEST_F(SpoolTest, SegmentsAreBoundedAndGoWhenTheyAreSettled) {
  constexpr uint64_t kSegmentBytes = 2000;
  const auto spool = directory_.Open(kManyBytes, kSegmentBytes);
  AppendTens(*spool, 40);
  const auto segments = directory_.Segments();
  EXPECT_GT(segments.size(), 5U);
  uint64_t sum = 0;
  for (const auto& segment : segments) {
    EXPECT_LE(std::filesystem::file_size(segment), kSegmentBytes);
    EXPECT_GT(std::filesystem::file_size(segment), kSegmentBytes / 2);
    sum += std::filesystem::file_size(segment);
  }
  EXPECT_EQ(spool->bytes(), sum - 0);
  std::vector<uint64_t> tickets;
  while (const auto batch = Checked(spool->Next())) tickets.push_back(batch->ticket);
  ASSERT_EQ(tickets.size(), 40U);
  // From both ends, so that the middle ones are the last to go.
  for (size_t from_end = 0; from_end < 20; ++from_end) {
    spool->Settle(tickets[from_end]);
    spool->Settle(tickets[39 - from_end]);
    EXPECT_LE(directory_.Segments().size(), (39 - 2 * from_end) / 3 + 2);
  }
  EXPECT_EQ(directory_.Segments().size(), 0U);
  EXPECT_EQ(spool->bytes(), 0U);
}

TEST_F(SpoolTest, ABatchLargerThanASegmentHasItsOwn) {
  const auto spool = directory_.Open(kManyBytes, 500);
  Append(*spool, MakeBatch(1, 2));
  Append(*spool, MakeBatch(3, 3000));
  Append(*spool, MakeBatch(3001, 3002));
  EXPECT_EQ(directory_.Segments().size(), 3U);
  EXPECT_EQ(DrainFrames(*spool), FramesFrom(1, 3002));
}

// Where capture and server keep pace, for as long as one likes.
TEST_F(SpoolTest, SpaceComesBackInALongRun) {
  const auto spool = directory_.Open(20'000, 2000);
  uint32_t frame = 1;
  AppendTens(*spool, 3, frame);
  for (int turn = 0; turn < 2000; ++turn) {
    frame += 10;
    AppendTens(*spool, 1, frame + 20);
    const auto batch = Checked(spool->Next());
    ASSERT_TRUE(batch);
    spool->Settle(batch->ticket);
    ASSERT_LE(directory_.Segments().size(), 3U);
    ASSERT_LE(spool->bytes(), 6000U);
  }
  EXPECT_EQ(DrainFrames(*spool).size(), 30U);
  EXPECT_EQ(spool->bytes(), 0U);
}

TEST_F(SpoolTest, WhenItIsFullNothingIsWritten) {
  constexpr uint64_t kMaxBytes = 8000;
  const auto spool = directory_.Open(kMaxBytes);
  uint32_t batches = 0;
  while (Checked(spool->Append(MakeBatch(batches * 10 + 1, batches * 10 + 10).Get()))) ++batches;
  EXPECT_GT(batches, 10U);
  EXPECT_LE(spool->bytes(), kMaxBytes);
  EXPECT_GT(spool->bytes(), kMaxBytes * 7 / 10);
  const auto before = spool->bytes();
  EXPECT_FALSE(Checked(spool->Append(MakeBatch(1, 1000).Get())));
  EXPECT_EQ(spool->bytes(), before);
  EXPECT_EQ(spool->documents(), batches * 10);
  // An eighth of it has to be settled before there is room again.
  uint32_t settled = 0;
  while (!Checked(spool->Append(MakeBatch(batches * 10 + 1, batches * 10 + 10).Get()))) {
    const auto batch = Checked(spool->Next());
    ASSERT_TRUE(batch);
    spool->Settle(batch->ticket);
    ++settled;
  }
  EXPECT_LE(settled, batches / 4);
  EXPECT_EQ(DrainFrames(*spool), FramesFrom(settled * 10 + 1, (batches + 1) * 10));
}

TEST_F(SpoolTest, ALimitBelowWhatIsThereOnlyKeepsMoreOut) {
  AppendTens(*directory_.Open(), 20);
  const auto spool = directory_.Open(1000);
  EXPECT_EQ(spool->documents(), 200U);
  EXPECT_FALSE(Checked(spool->Append(MakeBatch(201, 210).Get())));
  EXPECT_EQ(DrainFrames(*spool), FramesFrom(1, 200));
  EXPECT_TRUE(Checked(spool->Append(MakeBatch(201, 210).Get())));
}

TEST_F(SpoolTest, AFullDiskLeavesWhatWasThereAndIsNoEnd) {
  const auto spool = directory_.Open();
  AppendTens(*spool, 2);
  const std::string segment = directory_.Segments().at(0);
  const std::string whole = ReadWhole(segment);
  const uint64_t record_bytes = whole.size() / 2;
  for (uint64_t more = 0; more < record_bytes - 40; more += 7) {
    const FileSizeLimit limit(whole.size() + more);
    const auto appended = spool->Append(MakeBatch(21, 30).Get());
    ASSERT_FALSE(appended) << more;
    EXPECT_EQ(appended.error().message, "spool " + directory_.path() + ": write " +
                                            std::filesystem::path(segment).filename().native() +
                                            ": File too large");
    ASSERT_EQ(ReadWhole(segment) == whole, true) << more;
  }
  AppendTens(*spool, 1, 21);
  EXPECT_EQ(DrainFrames(*spool), FramesFrom(1, 30));
}

TEST_F(SpoolTest, ADiskWithoutRoomForTheFirstBatchStaysEmpty) {
  const auto spool = directory_.Open();
  for (const rlim_t room : {0U, 10U, 64U, 100U, 200U}) {
    const FileSizeLimit limit(room);
    EXPECT_FALSE(spool->Append(MakeBatch(1, 10).Get())) << room;
    EXPECT_EQ(directory_.Segments().size(), 0U);
  }
  AppendTens(*spool, 1);
  // A number that is left out would say that its segment was settled.
  EXPECT_NE(directory_.Segments().at(0).find("segment-0000000001-"), std::string::npos);
  EXPECT_EQ(DrainFrames(*spool), FramesFrom(1, 10));
}

TEST_F(SpoolTest, OneRunAtATimeHasTheDirectory) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t other = ::fork();
  if (other == 0) {
    const auto spool = directory_.Open();
    AppendTens(*spool, 1);
    if (::write(ready[1], "y", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(directory_.ErrorOfOpen(),
            "open spool " + directory_.path() +
                ": another espcap is using it; let that one end first, or give each its own");
  ASSERT_EQ(::kill(other, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_EQ(DrainFrames(*directory_.Open()), FramesFrom(1, 10));
}

// A run that is killed at any instant: what was appended is there, and hardly more.
TEST_F(SpoolTest, WhatWasAppendedOutlivesAKill) {
  uint32_t first = 1;
  for (uint32_t round = 0; round < 10; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t run = ::fork();
    if (run == 0) {
      const auto spool = directory_.Open(kManyBytes, 20'000);
      for (uint32_t frame = first;; frame += 100) {
        if (!Checked(spool->Append(MakeBatch(frame, frame + 99).Get()))) ::_exit(1);
        if (::write(ends[1], &frame, sizeof(frame)) != sizeof(frame)) ::_exit(2);
      }
    }
    ::close(ends[1]);
    uint32_t last = 0;
    while (last < first + round * 700) {
      ASSERT_EQ(::read(ends[0], &last, sizeof(last)), ssize_t{sizeof(last)});
    }
    ASSERT_EQ(::kill(run, SIGKILL), 0);
    while (::read(ends[0], &last, sizeof(last)) == ssize_t{sizeof(last)}) continue;
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(run, &status, 0), run);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto spool = directory_.Open();
    const auto frames = DrainFrames(*spool);
    ASSERT_EQ(frames, FramesFrom(first, first + static_cast<uint32_t>(frames.size()) - 1));
    EXPECT_GE(frames.back(), last + 99);
    EXPECT_LE(frames.back(), last + 199);
    EXPECT_EQ(spool->lost().documents + spool->lost().uncounted, 0U);
    first = frames.back() + 1;
  }
}

TEST_F(SpoolTest, TheDirectoryAndItsFilesAreTheOwners) {
  const auto spool = directory_.Open();
  AppendTens(*spool, 1);
  struct stat status {};
  ASSERT_EQ(::stat(directory_.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700U);
  ASSERT_EQ(::stat(directory_.Segments().at(0).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(SpoolTest, ForeignFilesAreLeftAlone) {
  const std::string segment_like = "spool/" + SegmentName({1, 0, 7});
  const std::vector<std::string> names = {"spool/notes.txt", "spool/segment-1.spool",
                                          "spool/." + SegmentName({1, 0, 7}) + ".swp"};
  for (const auto& name : names) directory_.parent().Write(name, "mine");
  std::filesystem::create_directory(directory_.parent().Path(segment_like));
  const std::string link = directory_.path() + "/" + SegmentName({2, 0, 7});
  std::filesystem::create_symlink("notes.txt", link);
  {
    const auto spool = directory_.Open();
    EXPECT_EQ(spool->bytes(), 0U);
    AppendTens(*spool, 1);
    EXPECT_EQ(DrainFrames(*spool), FramesFrom(1, 10));
  }
  for (const auto& name : names) EXPECT_EQ(ReadWhole(directory_.parent().Path(name)), "mine");
  EXPECT_TRUE(std::filesystem::is_directory(directory_.parent().Path(segment_like)));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(directory_.messages(), SpoolDirectory::Messages());
}

TEST_F(SpoolTest, AnotherFormatVersionIsRefusedByName) {
  AppendTens(*directory_.Open(), 1);
  const SegmentId later_id = {2, 10, 7};
  const std::string name = SegmentName(later_id);
  const std::string later = EncodeHeader({later_id, 7}) + "something that we don't know";
  directory_.parent().Write("spool/" + name, later);
  EXPECT_EQ(
      directory_.ErrorOfOpen(),
      "open spool " + directory_.path() + ": " + name +
          " is of format version 7, and this espcap reads those up to 2; let the espcap that wrote "
          "it deliver it, or use another directory");
  EXPECT_EQ(ReadWhole(directory_.path() + "/" + name), later);
  std::filesystem::remove(directory_.path() + "/" + name);
  EXPECT_EQ(DrainFrames(*directory_.Open()), FramesFrom(1, 10));
}

TEST_F(SpoolTest, ADirectoryThatCantBeUsedIsNamed) {
  directory_.parent().Write("spool", "a file");
  EXPECT_EQ(directory_.ErrorOfOpen(), "open spool " + directory_.path() + ": Not a directory");
  const auto spool = Spool::Open({directory_.parent().Path("no/such")}, {});
  ASSERT_FALSE(spool);
  EXPECT_EQ(spool.error().message, "open spool " + directory_.parent().Path("no/such") +
                                       ": make it: No such file or directory");
}

TEST_F(SpoolTest, ADirectoryThatCantBeWrittenIsNamed) {
  std::filesystem::create_directory(directory_.path());
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0555), 0);
  ASSERT_EQ(::chmod(directory_.parent().Path().c_str(), 0755), 0);
  const AsNobody nobody;
  EXPECT_EQ(directory_.ErrorOfOpen(),
            "open spool " + directory_.path() + ": write there: Permission denied");
}

TEST_F(SpoolTest, ADirectoryThatVanishesIsAnErrorOfTheNextAppend) {
  const auto spool = directory_.Open();
  AppendTens(*spool, 2);
  std::filesystem::remove_all(directory_.path());
  for (int turn = 0; turn < 2; ++turn) {
    const auto appended = spool->Append(MakeBatch(21, 30).Get());
    ASSERT_FALSE(appended);
    EXPECT_TRUE(appended.error().message.starts_with("spool " + directory_.path() +
                                                     ": create segment-0000000002-"))
        << appended.error().message;
    EXPECT_TRUE(appended.error().message.ends_with(": No such file or directory"));
  }
  EXPECT_EQ(DrainFrames(*spool), FramesFrom(1, 20));  // the file is open
}

TEST_F(SpoolTest, ASegmentThatIsRemovedIsCountedAndWrittenAnew) {
  const auto spool = directory_.Open(kManyBytes, 1000);
  AppendTens(*spool, 8);
  auto segments = directory_.Segments();
  ASSERT_GE(segments.size(), 3U);
  std::filesystem::remove(segments[1]);
  std::filesystem::remove(segments.back());  // the one that is being written
  AppendTens(*spool, 1, 81);
  EXPECT_EQ(directory_.Segments().size(), segments.size() - 1);
  const auto frames = DrainFrames(*spool);
  EXPECT_EQ(frames.back(), 90U);
  EXPECT_GT(spool->lost().documents, 0U);
  EXPECT_EQ(frames.size() + spool->lost().documents, 90U);
  ASSERT_EQ(directory_.errors().size(), 1U);
  EXPECT_NE(directory_.errors()[0].find("has vanished; lost: "), std::string::npos);
}

TEST_F(SpoolTest, AFinishedSegmentIsSynced) {
  const auto spool = directory_.Open(kManyBytes, 1000);
  AppendTens(*spool, 1);
  const std::string first = directory_.Segments().at(0);
  const unsigned before = SyncsOf(first);
  for (uint32_t frame = 11; directory_.Segments().size() == 1; frame += 10) {
    EXPECT_EQ(SyncsOf(first), before);  // not for each batch
    AppendTens(*spool, 1, frame);
  }
  EXPECT_EQ(SyncsOf(first), before + 1);
}

TEST_F(SpoolTest, SyncReachesTheSegmentThatIsWritten) {
  const auto spool = directory_.Open();
  AppendTens(*spool, 1);
  const std::string segment = directory_.Segments().at(0);
  const unsigned before = SyncsOf(segment);
  EXPECT_TRUE(spool->Sync());
  EXPECT_EQ(SyncsOf(segment), before + 1);
}

TEST_F(SpoolTest, SyncSucceedsAtAnyTime) {
  const auto spool = directory_.Open();
  EXPECT_TRUE(spool->Sync());
  AppendTens(*spool, 1);
  EXPECT_TRUE(spool->Sync());
  EXPECT_EQ(DrainFrames(*spool).size(), 10U);
  EXPECT_TRUE(spool->Sync());
}

// What comes first is what is in the way: tries with descriptors gone leave everything in place.
TEST_F(SpoolTest, WithoutDescriptorsABatchIsTriedAgain) {
  AppendTens(*directory_.Open(), 1);
  const auto spool = directory_.Open();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto next = spool->Next();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_FALSE(next);
  EXPECT_EQ(DrainFrames(*spool), FramesFrom(1, 10));
}

}  // namespace
}  // namespace espcap::spool
