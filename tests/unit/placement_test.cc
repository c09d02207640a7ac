// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/placement.h"

#include <gtest/gtest.h>

namespace espcap::sink {
namespace {

TEST(Placement, IsAFunctionOfTheServerAndOfWhoCanWait) {
  struct Case {
    ServerState server;
    Patience patience;
    Placement placement;
  };
  const Case cases[] = {
      {ServerState::kReady, Patience::kWaits, Placement::kServer},
      {ServerState::kReady, Patience::kHurries, Placement::kServer},
      {ServerState::kBusy, Patience::kWaits, Placement::kWait},
      {ServerState::kBusy, Patience::kHurries, Placement::kSpool},
      {ServerState::kAway, Patience::kWaits, Placement::kSpool},
      {ServerState::kAway, Patience::kHurries, Placement::kSpool},
  };
  for (const Case& c : cases) EXPECT_EQ(Place(c.server, c.patience), c.placement);
}

}  // namespace
}  // namespace espcap::sink
