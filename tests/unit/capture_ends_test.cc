// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/capture_ends.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace espcap::supervise {
namespace {

// Tells when the test says so that it has synced.
class SyncedSink : public Sink {
 public:
  [[nodiscard]] bool Ready() const override { return true; }
  [[nodiscard]] bool Idle() const override { return true; }
  Result<void> Submit(Batch /*batch*/, Ledger& /*ledger*/) override { return {}; }
  Result<void> Poll(Ledger& /*ledger*/) override { return {}; }
  void Close() override {}
  void GiveUp(Ledger& /*ledger*/) override {}
  void Sync(SyncDone done) override { waiting_.push_back(std::move(done)); }

  void Answer(const Result<void>& synced) {
    for (const SyncDone& done : std::exchange(waiting_, {})) done(synced);
  }

 private:
  std::vector<SyncDone> waiting_;
};

Capture Ended(bool is_complete, Delivery delivery = Delivery::kAcknowledged,
              std::string fault = {}) {
  Capture capture;
  capture.name = std::make_shared<const std::string>("a.pcap");
  capture.packets = 7;
  capture.delivery = delivery;
  capture.faulty = !fault.empty();
  capture.fault = std::move(fault);
  Part& part = capture.parts.emplace_back();
  part.ended = true;
  part.complete = is_complete;
  return capture;
}

TEST(CaptureEnds, AreAFunctionOfTheCapture) {
  using Kind = CaptureEnd::Kind;
  struct Case {
    Capture capture;
    bool is_stopping;
    Kind kind;
    const char* failure = "";
  };
  const Case cases[] = {
      {Ended(true), false, Kind::kDone},
      {Ended(true), true, Kind::kDone},
      {Ended(true, Delivery::kDeadLettered), false, Kind::kDone},
      {Ended(true, Delivery::kSpooled), false, Kind::kFailed, "not every document was delivered"},
      {Ended(true, Delivery::kFailed), false, Kind::kFailed, "not every document was delivered"},
      {Ended(true, Delivery::kFailed), true, Kind::kInterrupted},
      {Ended(false), false, Kind::kFailed, "it was not read to its end"},
      {Ended(false), true, Kind::kInterrupted},
      {Ended(true, Delivery::kAcknowledged, "cut off"), false, Kind::kFailed, "cut off"},
      {Ended(false, Delivery::kFailed, "cut off"), false, Kind::kFailed, "cut off"},
      {Ended(false, Delivery::kFailed, "cut off"), true, Kind::kInterrupted},
  };
  for (const Case& c : cases) {
    const CaptureEnd end = EndOf(c.capture, c.is_stopping);
    EXPECT_EQ(end.kind, c.kind) << c.failure << c.is_stopping;
    EXPECT_EQ(end.failure, c.failure);
    EXPECT_EQ(end.name, "a.pcap");
    EXPECT_EQ(end.packets, 7U);
  }
}

TEST(CaptureEnds, AreToldOnceWhatWasDeliveredIsSynced) {
  std::vector<CaptureEnd::Kind> told;
  CaptureEnds ends([&told](const CaptureEnd& end) { told.push_back(end.kind); });
  SyncedSink sink;
  ends.Note(Ended(true), false);
  ends.TellNoted(sink);
  ends.Note(Ended(false), false);
  ends.TellNoted(sink);
  EXPECT_TRUE(told.empty());
  sink.Answer({});
  EXPECT_EQ(told, std::vector{CaptureEnd::Kind::kDone});
  ends.TellNoted(sink);
  sink.Answer(Fail("disk full"));
  EXPECT_EQ(told, (std::vector{CaptureEnd::Kind::kDone, CaptureEnd::Kind::kInterrupted}));
}

TEST(CaptureEnds, OfMembersAreTheirArchivesToTell) {
  std::vector<CaptureEnd> told;
  CaptureEnds ends([&told](const CaptureEnd& end) { told.push_back(end); });
  SyncedSink sink;
  Capture archive = Ended(true);
  Capture member = Ended(false, Delivery::kAcknowledged, "cut off");
  member.archive = &archive;
  archive.open_members = 1;
  archive.NoteMember(member);
  ends.Note(member, false);
  ends.Note(archive, false);
  ends.TellNoted(sink);
  sink.Answer({});
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, CaptureEnd::Kind::kFailed);
  EXPECT_EQ(told[0].failure, "cut off");
  EXPECT_EQ(told[0].packets, 14U);
}

}  // namespace
}  // namespace espcap::supervise
