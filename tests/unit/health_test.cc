// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/health.h"

#include <gtest/gtest.h>

namespace espcap::supervise {
namespace {

TEST(Health, IsRedUntilTheServerIsPrepared) {
  HealthState state;
  state.nodes = 1;
  state.prepared = false;
  EXPECT_EQ(UnhealthyReason(state), "no document is sent before the server is prepared");
  state.has_spool = true;
  state.preparation_problem = "install the template a: 403 (why)";
  EXPECT_EQ(UnhealthyReason(state),
            "no document is sent before the server is prepared: install the template a: 403 (why)");
  state.nodes = 0;
  EXPECT_EQ(UnhealthyReason(state), "");
}

TEST(Health, IsRedWhereNobodyReadsARing) {
  HealthState state;
  state.rings_unread = 2;
  EXPECT_EQ(UnhealthyReason(state),
            "nobody dissects what comes in: 2 of the workers have died too often and wait");
}

TEST(Health, IsRedWhileTheServerRefusesDocuments) {
  HealthState state;
  state.nodes = 1;
  state.has_spool = true;
  state.refusal = "POST /_bulk answered 401";
  EXPECT_EQ(UnhealthyReason(state), "the server accepts no documents: POST /_bulk answered 401");
}

TEST(Health, IsRedWhilePartitionsAreUnread) {
  RunSnapshot snapshot;
  ConsumeStats consumption;
  snapshot.consumption = &consumption;
  EXPECT_EQ(UnhealthyReason(HealthOf(snapshot)), "");
  consumption.waiting_partitions = 3;
  EXPECT_EQ(UnhealthyReason(HealthOf(snapshot)),
            "partitions are not read: the memory is too small for sessions of 3 of them");
  consumption.failed_partitions = 2;
  EXPECT_EQ(UnhealthyReason(HealthOf(snapshot)),
            "partitions are read no further: documents of 2 of them are lost");
}

TEST(Health, IsRedWhileACaptureIsBlind) {
  RunSnapshot snapshot;
  snapshot.live.emplace().interfaces = {{.name = "eth0"}, {.name = "eth1", .is_blind = true}};
  EXPECT_EQ(UnhealthyReason(HealthOf(snapshot)),
            "eth1: the link receives packets, and the capture sees none");
  snapshot.live->interfaces[1].is_blind = false;
  EXPECT_EQ(UnhealthyReason(HealthOf(snapshot)), "");
}

TEST(Health, IsWhetherDocumentsAreDeliveredOrKept) {
  constexpr const char* kStopping = "espcap is stopping";
  constexpr const char* kFull = "the spool accepts no more documents";
  struct Case {
    HealthState state;  // stopping, nodes, resting, has spool, spool full
    std::string ailment;
  };
  const Case cases[] = {
      {{false, 0, 0, false, false}, ""},  // to a file
      {{false, 1, 0, false, false}, ""},
      {{false, 3, 2, false, false}, ""},
      {{false, 1, 1, false, false}, "no node can be reached (of 1), and there is no spool"},
      {{false, 3, 3, false, false}, "no node can be reached (of 3), and there is no spool"},
      {{false, 3, 0, true, false}, ""},
      {{false, 3, 3, true, false}, ""},
      {{false, 3, 3, true, true}, kFull},
      {{false, 3, 0, true, true}, kFull},
      {{true, 0, 0, false, false}, kStopping},
      {{true, 1, 0, true, false}, kStopping},
      {{true, 1, 1, true, true}, kStopping},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(UnhealthyReason(c.state), c.ailment)
        << c.state.stopping << c.state.nodes << c.state.resting_nodes << c.state.has_spool
        << c.state.spool_full;
  }
}

}  // namespace
}  // namespace espcap::supervise
