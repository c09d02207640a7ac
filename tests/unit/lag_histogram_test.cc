// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/lag_histogram.h"

#include <gtest/gtest.h>

#include "telemetry/live_line.h"

namespace espcap::telemetry {
namespace {

using Milliseconds = LagHistogram::Milliseconds;

void ExpectNear(Milliseconds lag, double expected) {
  EXPECT_NEAR(lag.count(), expected, expected / 12);
}

TEST(LagHistogram, KnowsQuantiles) {
  LagHistogram lags;
  EXPECT_EQ(lags.Quantile(0.5).count(), 0);
  lags.Add(Milliseconds(200), Milliseconds(200), 90);
  lags.Add(Milliseconds(5000), Milliseconds(5000), 10);
  EXPECT_EQ(lags.documents(), 100U);
  ExpectNear(lags.Quantile(0.5), 200);
  ExpectNear(lags.Quantile(0.9), 200);
  ExpectNear(lags.Quantile(0.99), 5000);
}

TEST(LagHistogram, SpreadsABatchBetweenItsEnds) {
  LagHistogram lags;
  lags.Add(Milliseconds(1000), Milliseconds(0), 1001);
  EXPECT_EQ(lags.documents(), 1001U);
  EXPECT_NEAR(lags.Quantile(0.5).count(), 500, 80);
  EXPECT_NEAR(lags.Quantile(0.99).count(), 1000, 80);
}

TEST(LagHistogram, ClocksThatAreSetDoNoHarm) {
  LagHistogram lags;
  lags.Add(Milliseconds(-1e15), Milliseconds(1e15), 2);
  EXPECT_GE(lags.Quantile(1).count(), 1e8);
  ExpectNear(lags.Quantile(0.5), 1);
}

TEST(LiveStats, AreALine) {
  const LiveStats stats{{{"eth0", 100, 0, 0, 0, 0}, {"eth1", 60, 0, 2, 3, 4}},
                        std::chrono::milliseconds(120),
                        std::chrono::milliseconds(1500)};
  Ledger ledger;
  ledger.captured = 150;
  ledger.kernel_dropped = 3;
  ledger.interface_dropped = 4;
  ledger.ring_dropped = 2;
  ledger.indexed = 130;
  EXPECT_EQ(
      FormatLive(stats, ledger, 40, std::chrono::seconds(60)),
      "received 160 packets (2 packets/s), dropped 3 by the kernel, 4 by the interface, 2 by "
      "full rings; dissected 141, delivered 130; lag 0.12 s in the median, 1.50 s at the 99th "
      "percentile");
}

}  // namespace
}  // namespace espcap::telemetry
