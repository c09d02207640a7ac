// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/summary.h"

#include <gtest/gtest.h>

namespace espcap::telemetry {
namespace {

using std::chrono::duration;

TEST(Summary, SaysWhatAServerTook) {
  Ledger ledger;
  ledger.captured = 1234;
  ledger.indexed = 1229;
  ledger.already_there = 4;
  ledger.failed = 1;
  EXPECT_EQ(
      FormatSummary(ledger, Destination::kServer, duration<double>(1.5)),
      "1234 packets captured, 1229 indexed, 4 already there, 1 failed; 1.50 s, 823 packets/s");
}

TEST(Summary, NamesWhatIsQuarantinedOutsideOfTheSum) {
  Ledger ledger;
  ledger.captured = ledger.written = 10;
  ledger.quarantined = 2;
  EXPECT_TRUE(ledger.Balanced());
  EXPECT_EQ(FormatSummary(ledger, Destination::kStream, duration<double>(4)),
            "10 packets captured, 10 written, 0 failed; 2 quarantined; 4.00 s, 2 packets/s");
}

TEST(Summary, SaysWhatWasWritten) {
  Ledger ledger;
  ledger.captured = 10;
  ledger.written = 10;
  EXPECT_EQ(FormatSummary(ledger, Destination::kStream, duration<double>(4)),
            "10 packets captured, 10 written, 0 failed; 4.00 s, 2 packets/s");
}

TEST(Summary, NamesTheRareOutcomesOnlyWhereTheyHappened) {
  Ledger ledger;
  ledger.captured = 10;
  ledger.filtered = 5;
  ledger.written = 2;
  ledger.failed = 1;
  ledger.abandoned = 2;
  EXPECT_EQ(FormatSummary(ledger, Destination::kStream, duration<double>(1)),
            "10 packets captured, 5 not selected, 2 written, 1 failed, 2 abandoned; 1.00 s, "
            "10 packets/s");
}

TEST(Summary, NamesWhatIsKeptElsewhere) {
  Ledger ledger;
  ledger.captured = 10;
  ledger.recovered = 5;
  ledger.indexed = 8;
  ledger.dead_lettered = 2;
  ledger.spooled = 4;
  ledger.dropped = 1;
  EXPECT_EQ(FormatSummary(ledger, Destination::kServer, duration<double>(1)),
            "10 packets captured and 5 from the spool, 8 indexed, 0 already there, 2 dead letters, "
            "4 in the spool, 0 failed, 1 dropped; 1.00 s, 10 packets/s");
}

TEST(Summary, NamesEachKindOfLoss) {
  Ledger ledger;
  ledger.captured = 16;
  ledger.written = 10;
  ledger.kernel_dropped = 1;
  ledger.interface_dropped = 2;
  ledger.ring_dropped = 3;
  EXPECT_TRUE(ledger.Balanced());
  EXPECT_EQ(FormatSummary(ledger, Destination::kStream, duration<double>(1)),
            "16 packets captured, 10 written, 0 failed, 1 dropped by the kernel, 2 dropped by the "
            "interface, 3 dropped by full rings; 1.00 s, 16 packets/s");
}

TEST(Summary, DividesByNoTimeAtAll) {
  Ledger ledger;
  ledger.captured = ledger.written = 3;
  EXPECT_EQ(FormatSummary(ledger, Destination::kStream, duration<double>(0)),
            "3 packets captured, 3 written, 0 failed; 0.00 s, 0 packets/s");
}

}  // namespace
}  // namespace espcap::telemetry
