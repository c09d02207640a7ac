// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/placement.h"

#include <gtest/gtest.h>

namespace espcap::sink {
namespace {

TEST(Placement, IsAFunctionOfTheServerAndOfWhoCanWait) {
  struct Case {
    ServerState server;
    WhenFull when_full;
    Placement placement;
  };
  const Case cases[] = {
      {ServerState::kReady, WhenFull::kBlock, Placement::kServer},
      {ServerState::kReady, WhenFull::kDropNewest, Placement::kServer},
      {ServerState::kBusy, WhenFull::kBlock, Placement::kWait},
      {ServerState::kBusy, WhenFull::kDropNewest, Placement::kSpool},
      {ServerState::kAway, WhenFull::kBlock, Placement::kSpool},
      {ServerState::kAway, WhenFull::kDropNewest, Placement::kSpool},
  };
  for (const Case& c : cases) EXPECT_EQ(Place(c.server, c.when_full), c.placement);
}

}  // namespace
}  // namespace espcap::sink
