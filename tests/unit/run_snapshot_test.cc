// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/run_snapshot.h"

#include <gtest/gtest.h>

namespace espcap::telemetry {
namespace {

TEST(RunSnapshot, KnowsWhatHasNoOutcomeYet) {
  Ledger ledger;
  EXPECT_EQ(UnderWay(ledger), 0U);
  ledger.captured = 10;
  ledger.recovered = 5;
  ledger.indexed = 4;
  ledger.dropped = 1;
  EXPECT_EQ(UnderWay(ledger), 10U);
  ledger.failed = 11;  // too many, which is for the end of the run to say
  EXPECT_EQ(UnderWay(ledger), 0U);
}

TEST(RunSnapshot, IsHealthyWithoutAServer) {
  RunSnapshot run;
  EXPECT_EQ(Ailment(HealthOf(run)), "");
  run.stopping = true;
  EXPECT_NE(Ailment(HealthOf(run)), "");
}

TEST(RunSnapshot, CountsNodesAndLooksAtTheSpool) {
  deliver::DeliveryStats delivery;
  delivery.nodes.resize(3);
  delivery.nodes[1].resting = true;
  RunSnapshot run;
  run.delivery = &delivery;
  HealthState state = HealthOf(run);
  EXPECT_EQ(state.nodes, 3U);
  EXPECT_EQ(state.resting_nodes, 1U);
  EXPECT_FALSE(state.has_spool);
  delivery.spool.emplace();
  state = HealthOf(run);
  EXPECT_TRUE(state.has_spool);
  EXPECT_FALSE(state.spool_full);
  delivery.spool->full = true;
  EXPECT_TRUE(HealthOf(run).spool_full);
}

}  // namespace
}  // namespace espcap::telemetry
