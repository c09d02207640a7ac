// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/blindness.h"

#include <gtest/gtest.h>

#include <vector>

namespace espcap::live {
namespace {

using std::chrono::seconds;

TEST(Blindness, IsALinkThatReceivesAndACaptureThatSeesNothing) {
  struct Look {
    int at;  // seconds
    uint32_t received;
    uint64_t seen;
    bool is_blind;
  };
  struct Case {
    const char* what;
    std::vector<Look> looks;
  };
  const Case cases[] = {
      {"nothing received", {{0, 5, 0, false}, {11, 5, 0, false}, {60, 5, 0, false}}},
      {"blind from the start", {{0, 0, 0, false}, {9, 100, 0, false}, {10, 100, 0, true}}},
      {"all seen", {{0, 0, 0, false}, {9, 100, 100, false}, {15, 150, 150, false}}},
      {"blind after a while",
       {{0, 0, 0, false}, {5, 50, 50, false}, {14, 90, 50, false}, {15, 90, 50, true}}},
      {"sees again",
       {{0, 0, 0, false},
        {10, 100, 0, true},
        {11, 110, 1, false},
        {20, 120, 1, false},
        {21, 120, 1, true}}},
      {"a few that are none for a capture", {{0, 0, 0, false}, {10, 9, 0, false}}},
      {"the counter wraps", {{0, UINT32_MAX - 4, 7, false}, {10, 20, 7, true}}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Blindness blindness;
    for (const Look& look : c.looks) {
      blindness.Update(look.received, look.seen, Blindness::Time(seconds(1000 + look.at)));
      EXPECT_EQ(blindness.is_blind(), look.is_blind) << look.at;
    }
  }
}

}  // namespace
}  // namespace espcap::live
