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

TEST(Placement, InOrderNothingOvertakesWhatIsOnDisk) {
  using enum ServerState;
  constexpr auto kFiles = WhenFull::kBlock;
  constexpr auto kLive = WhenFull::kDropNewest;
  struct Case {
    ServerState server;
    WhenFull when_full;
    LineState line;
    Placement placement;
  };
  const Case cases[] = {
      // Nothing is on disk.
      {kReady, kFiles, {true, false, true}, Placement::kServer},
      {kReady, kLive, {true, false, true}, Placement::kServer},
      {kBusy, kFiles, {true, false, true}, Placement::kWait},
      {kBusy, kLive, {true, false, true}, Placement::kWait},
      // What the server has is older: it goes to disk first.
      {kAway, kFiles, {true, true, true}, Placement::kWait},
      {kAway, kLive, {true, false, true}, Placement::kWait},
      {kAway, kFiles, {true, true, false}, Placement::kSpool},
      {kAway, kLive, {false, true, false}, Placement::kSpool},
      // It is back, or never was away but too slow.
      {kReady, kFiles, {false, true, false}, Placement::kWait},
      {kReady, kLive, {false, true, false}, Placement::kSpool},
      {kBusy, kLive, {true, true, true}, Placement::kWait},
      {kReady, kLive, {true, true, false}, Placement::kSpool},
      {kReady, kFiles, {true, true, false}, Placement::kServer},
      // An earlier run has left something.
      {kReady, kFiles, {false, false, false}, Placement::kWait},
      {kReady, kLive, {false, false, false}, Placement::kSpool},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(PlaceInOrder(c.server, c.when_full, c.line), c.placement) << &c - cases;
  }
}

TEST(Placement, AllGoesByTheDiskUntilNothingOlderIsThere) {
  constexpr bool kIsAway = true;
  constexpr bool kAnyWaits = true;
  struct Case {
    bool is_away_or_slow;
    bool any_waits;
    LineState line;
    bool is_diverted;
  };
  const Case cases[] = {
      {kIsAway, !kAnyWaits, {true, false, false}, true},
      {kIsAway, kAnyWaits, {true, true, true}, true},
      // It answers again: what is on disk goes first, and what has come back to wait.
      {!kIsAway, !kAnyWaits, {false, true, false}, true},
      {!kIsAway, kAnyWaits, {false, true, false}, true},
      {!kIsAway, kAnyWaits, {true, true, true}, true},
      // Then those that wait, however many there are.
      {!kIsAway, kAnyWaits, {true, true, false}, false},
      {!kIsAway, !kAnyWaits, {true, true, false}, false},
      {!kIsAway, !kAnyWaits, {true, true, true}, false},
      // What an earlier run has left diverts nothing by itself.
      {!kIsAway, kAnyWaits, {false, false, false}, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(IsDiverted(c.is_away_or_slow, c.any_waits, c.line), c.is_diverted) << &c - cases;
  }
}

}  // namespace
}  // namespace espcap::sink
