// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/capture_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "temporary_directory.h"

namespace espcap::supervise {
namespace {

using Role = process::Job::Role;

class CaptureQueueTest : public ::testing::Test {
 protected:
  InputFile File(const std::string& name, size_t bytes) {
    return {folder_.Write(name, std::string(bytes, 'x')), false};
  }
  static std::string NameOf(const Part& part) {
    const std::string path = part.job.path.data();
    return path.substr(path.rfind('/') + 1);
  }
  static std::vector<std::string> NamesOfNext(CaptureQueue& queue) {
    std::vector<std::string> names;
    for (const Part* part = queue.Next(); part != nullptr; part = queue.Next()) {
      names.push_back(NameOf(*part));
    }
    return names;
  }
  static void End(Part& part) { part.ended = part.complete = true; }

  testing::TemporaryDirectory folder_;
};

TEST_F(CaptureQueueTest, TheLargestComesFirst) {
  CaptureQueue queue({});
  queue.Add({File("small", 1), File("large", 300), File("middle", 20), File("middle2", 20)});
  EXPECT_EQ(NamesOfNext(queue), (std::vector<std::string>{"large", "middle", "middle2", "small"}));
  EXPECT_EQ(queue.bytes().total, 341U);
}

TEST_F(CaptureQueueTest, OrderedFilesComeAsTheyWereNamed) {
  CaptureQueue queue({1, true, false});
  queue.Add({File("small", 1), File("large", 300)});
  EXPECT_EQ(NamesOfNext(queue), (std::vector<std::string>{"small", "large"}));
}

TEST_F(CaptureQueueTest, OneByOneACaptureWaitsForTheOneBefore) {
  CaptureQueue queue({2, false, true});
  queue.Add({File("a", 1), File("b", 2)});
  Part* first = queue.Next();
  Part* second = queue.Next();
  ASSERT_TRUE(first != nullptr && second != nullptr);
  EXPECT_EQ(NameOf(*second), "a");
  EXPECT_EQ(queue.Next(), nullptr);
  End(*first);
  EXPECT_EQ(queue.Next(), nullptr);
  End(*second);
  ASSERT_NE(queue.Next(), nullptr);
}

TEST_F(CaptureQueueTest, EachShardIsAPart) {
  CaptureQueue queue({3, false, false});
  queue.Add({File("a", 90)});
  for (uint32_t shard = 0; shard < 3; ++shard) {
    Part* part = queue.Next();
    ASSERT_NE(part, nullptr);
    EXPECT_EQ(part->job.role, Role::kFile);
    EXPECT_EQ(part->job.shard, shard);
    EXPECT_EQ(part->job.shards, 3U);
    part->bytes_read = 30;
  }
  EXPECT_EQ(queue.Next(), nullptr);
  EXPECT_EQ(queue.bytes().done, 30U);  // each has come that far
}

TEST_F(CaptureQueueTest, AStreamIsReadAndDissected) {
  CaptureQueue queue({4, false, false});
  queue.Add({{"-", false}});
  Part* reading = queue.Next();
  Part* dissecting = queue.Next();
  ASSERT_TRUE(reading != nullptr && dissecting != nullptr);
  EXPECT_EQ(reading->job.role, Role::kReadStream);
  EXPECT_EQ(dissecting->job.role, Role::kDissectStream);
  EXPECT_EQ(*reading->capture->name, "standard input");
  EXPECT_EQ(queue.Next(), nullptr);
  EXPECT_EQ(queue.rings(), 1U);
}

TEST_F(CaptureQueueTest, LiveIsOneCaptureOfInterfacesAndRings) {
  CaptureQueue queue({1, false, false});
  queue.AddLive({{"eth0", 1}, {"eth1", 2}}, 3);
  EXPECT_EQ(queue.rings(), 3U);
  const struct {
    uint32_t interface;
    uint32_t member;
    const char* name;
  } captures[] = {{0, 0, "eth0"}, {1, 0, "eth1"}, {1, 1, "eth1"}};
  for (const auto& expected : captures) {
    ASSERT_TRUE(queue.NextOnlyReads());
    const Part* part = queue.Next();
    EXPECT_EQ(part->job.role, Role::kCapture);
    EXPECT_EQ(part->job.interface, expected.interface);
    EXPECT_EQ(part->job.fanout_index, expected.member);
    EXPECT_STREQ(part->job.path.data(), expected.name);
  }
  for (uint32_t ring = 0; ring < 3; ++ring) {
    ASSERT_FALSE(queue.NextOnlyReads());
    const Part* part = queue.Next();
    EXPECT_EQ(part->job.role, Role::kDissectStream);
    EXPECT_EQ(part->job.ring, ring);
    EXPECT_EQ(*part->capture->name, "eth0, eth1");
  }
  EXPECT_EQ(queue.Next(), nullptr);
}

TEST_F(CaptureQueueTest, ACaptureIsReadToItsEndWhenItsReadersHaveEnded) {
  CaptureQueue queue({1, false, false});
  queue.AddLive({{"eth0", 1}, {"eth1", 1}}, 1);
  Part* one = queue.Next();
  Part* other = queue.Next();
  one->ended = true;
  EXPECT_FALSE(one->capture->ReadToItsEnd());
  queue.PutBack(*other);  // its interface is back, but a stop is faster
  EXPECT_TRUE(queue.NextOnlyReads());
  queue.Stop();
  EXPECT_TRUE(one->capture->ReadToItsEnd());
  EXPECT_FALSE(one->capture->Ended());
}

TEST_F(CaptureQueueTest, APartPutBackComesNext) {
  CaptureQueue queue({});
  queue.Add({File("large", 9), File("small", 1)});
  Part* large = queue.Next();
  queue.PutBack(*large);
  EXPECT_EQ(queue.Next(), large);
  EXPECT_EQ(NameOf(*queue.Next()), "small");
}

TEST_F(CaptureQueueTest, AStopLeavesOnlyWhatStreamsHaveRead) {
  CaptureQueue queue({1, false, false});
  queue.Add({{"-", false}, File("a", 1), File("b", 2)});
  Part* b = queue.Next();
  Part* a = queue.Next();
  Part* reading = queue.Next();
  ASSERT_EQ(reading->job.role, Role::kReadStream);
  queue.PutBack(*a);
  queue.Stop();
  Part* dissecting = queue.Next();
  ASSERT_NE(dissecting, nullptr);
  EXPECT_EQ(dissecting->job.role, Role::kDissectStream);
  EXPECT_EQ(queue.Next(), nullptr);
  EXPECT_TRUE(a->ended);
  EXPECT_FALSE(b->ended);  // its worker says so
}

TEST_F(CaptureQueueTest, ACaptureIsSettledWhenItsDocumentsAre) {
  CaptureQueue queue({2, false, false});
  queue.Add({File("a", 5)});
  Part* one = queue.Next();
  Part* two = queue.Next();
  Capture& capture = *one->capture;
  End(*one);
  EXPECT_FALSE(capture.Ended());
  End(*two);
  capture.at_sink = 1;
  EXPECT_FALSE(capture.Settled());
  capture.at_sink = 0;
  EXPECT_TRUE(capture.Settled());
  EXPECT_TRUE(capture.Complete());
  capture.delivery = Delivery::kFailed;
  EXPECT_FALSE(capture.Complete());

  std::vector<std::string> settled;
  queue.Prune([&settled](const Capture& pruned) { settled.push_back(*pruned.name); });
  ASSERT_EQ(settled.size(), 1U);
  EXPECT_TRUE(queue.captures().empty());
  EXPECT_EQ(queue.bytes().done, 5U);
}

TEST_F(CaptureQueueTest, ACaptureWithAFaultIsNotWhole) {
  CaptureQueue queue({});
  queue.Add({File("a", 5)});
  Part* part = queue.Next();
  part->ended = true;
  EXPECT_TRUE(part->capture->Settled());
  EXPECT_FALSE(part->capture->Complete());
}

using Fingerprints = CaptureQueue::Options::Fingerprints;

TEST_F(CaptureQueueTest, AFilesFingerprintIsFoundWhileItIsRead) {
  CaptureQueue queue({1, true, false, Fingerprints::kMeanwhile, 2});
  queue.Add({File("a", 1), File("b", 1), File("c", 1)});
  Part* first = queue.Next();
  ASSERT_NE(first, nullptr);
  const auto unknown = queue.DrainUnknown();
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_EQ(unknown[0], first->capture);
  EXPECT_TRUE(queue.DrainUnknown().empty()) << "each is asked for once";
  EXPECT_EQ(NamesOfNext(queue), (std::vector<std::string>{"b"})) << "two at most are unknown";
  End(*first);
  EXPECT_FALSE(first->capture->Settled());
  queue.SetFingerprint(*first->capture, Fingerprint{1}, false);
  EXPECT_TRUE(first->capture->Settled());
  EXPECT_EQ(NamesOfNext(queue), (std::vector<std::string>{"c"}));
}

TEST_F(CaptureQueueTest, NothingIsReadBeforeItIsKnownWhetherItIsSettled) {
  CaptureQueue queue({2, true, false, Fingerprints::kFirst, 2});
  queue.Add({File("a", 1), File("b", 1), File("c", 1)});
  EXPECT_EQ(queue.Next(), nullptr);
  const auto unknown = queue.DrainUnknown();
  ASSERT_EQ(unknown.size(), 2U);
  queue.SetFingerprint(*unknown[0], Fingerprint{1}, true);
  EXPECT_TRUE(unknown[0]->Ended());
  EXPECT_EQ(queue.Next(), nullptr);
  queue.SetFingerprint(*unknown[1], Fingerprint{2}, false);
  EXPECT_EQ(NamesOfNext(queue), (std::vector<std::string>{"b", "b"}));
  EXPECT_FALSE(queue.waiting() == 0 && queue.NoneReady() && queue.captures().empty());
}

TEST_F(CaptureQueueTest, AStopEndsWhatAwaitsItsFingerprint) {
  CaptureQueue queue({1, true, false, Fingerprints::kFirst, 2});
  queue.Add({File("a", 1), File("b", 1)});
  EXPECT_EQ(queue.Next(), nullptr);
  queue.Stop();
  for (const Capture& capture : queue.captures()) EXPECT_TRUE(capture.Ended());
}

TEST_F(CaptureQueueTest, InOrderNothingStartsBehindAnArchive) {
  for (const bool ordered : {true, false}) {
    CaptureQueue queue({.ordered = ordered, .most_unpacking = 2});
    queue.Add({File("a", 3), File("b", 2), File("c", 1)});
    Part* archive = queue.Next();
    Part* behind = queue.Next();
    archive->job.role = Role::kUnpack;  // it turned out to be one
    queue.PutBack(*archive);
    EXPECT_TRUE(queue.NextOnlyReads());
    EXPECT_EQ(queue.Next(), archive);
    queue.AddMember(*archive->capture, "x.pcap", {}, 7);
    Part* member = queue.Next();
    ASSERT_NE(member, nullptr);
    EXPECT_EQ(*member->capture->name, *archive->capture->name + "/x.pcap");
    EXPECT_TRUE(member->job.is_unpacked);
    EXPECT_EQ(queue.Next() == nullptr, ordered);
    queue.PutBack(*behind);  // its worker has died
    EXPECT_EQ(queue.Next() == nullptr, ordered);
    EXPECT_EQ(&queue.captures().front(), member->capture);

    End(*archive);
    EXPECT_FALSE(archive->capture->Settled()) << "its member isn't";
    End(*member);
    std::vector<std::string> settled;
    queue.Prune([&settled](const Capture& pruned) { settled.push_back(*pruned.name); });
    EXPECT_EQ(settled.size(), 2U);
  }
}

TEST_F(CaptureQueueTest, InOrderAnArchiveWaitsForThoseBefore) {
  CaptureQueue queue({.ordered = true});
  queue.Add({File("a", 3), File("b", 2)});
  Part* before = queue.Next();
  Part* archive = queue.Next();
  archive->job.role = Role::kUnpack;
  queue.PutBack(*archive);
  EXPECT_EQ(queue.Next(), nullptr);
  End(*before);
  EXPECT_EQ(queue.Next(), archive);
}

TEST_F(CaptureQueueTest, AnArchiveFaresAsTheWorstOfItsMembers) {
  CaptureQueue queue({});
  queue.Add({File("a", 3)});
  Part* archive = queue.Next();
  for (const char* name : {"x", "y"}) queue.AddMember(*archive->capture, name, {}, 7);
  Part* one = queue.Next();
  Part* other = queue.Next();
  one->capture->NoteDelivery(Delivery::kSpooled, 5);
  other->capture->NoteDelivery(Delivery::kSpooled, 3);
  End(*archive);
  End(*one);
  End(*other);
  queue.Prune([](const Capture& pruned) {
    if (pruned.archive != nullptr) return;
    EXPECT_TRUE(pruned.Complete());
    EXPECT_EQ(pruned.delivery, Delivery::kSpooled);
    EXPECT_EQ(pruned.undelivered_at_spooling, 3U);
  });
  EXPECT_TRUE(queue.captures().empty());
}

}  // namespace
}  // namespace espcap::supervise
