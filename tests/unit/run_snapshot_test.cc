// SPDX-License-Identifier: GPL-2.0-or-later
#include "espcap/run_snapshot.h"

#include <gtest/gtest.h>

#include "supervise/health.h"

namespace espcap::supervise {
namespace {

TEST(RunSnapshot, KnowsWhatHasNoOutcomeYet) {
  Ledger ledger;
  EXPECT_EQ(ledger.UnderWay(), 0U);
  ledger.captured = 10;
  ledger.recovered = 5;
  ledger.indexed = 4;
  ledger.dropped = 1;
  EXPECT_EQ(ledger.UnderWay(), 10U);
  ledger.failed = 11;  // too many, which is for the end of the run to say
  EXPECT_EQ(ledger.UnderWay(), 0U);
}

TEST(RunSnapshot, IsHealthyWithoutAServer) {
  RunSnapshot run;
  EXPECT_EQ(UnhealthyReason(HealthOf(run)), "");
  run.stopping = true;
  EXPECT_NE(UnhealthyReason(HealthOf(run)), "");
}

TEST(RunSnapshot, CountsNodesAndLooksAtTheSpool) {
  DeliveryStats delivery;
  delivery.nodes.resize(3);
  delivery.nodes[1].resting = true;
  delivery.prepared = true;
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
}  // namespace espcap::supervise
