// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/session_limits.h"

#include <gtest/gtest.h>

namespace espcap::stream {
namespace {

struct Case {
  SessionLimits limits;
  SessionUse use;
  bool full;
};

TEST(SessionLimits, EachEndsASession) {
  const Case cases[] = {
      {{}, {1'000'000'000, 1'000'000'000, 1'000'000'000}, false},
      {{100, 0, 0}, {99, 1'000'000, 1'000'000}, false},
      {{100, 0, 0}, {100, 0, 0}, true},
      {{0, 1000, 0}, {5, 999, 0}, false},
      {{0, 1000, 0}, {5, 1000, 0}, true},
      {{0, 0, 1000}, {kMinSessionPackets, 0, 999}, false},
      {{0, 0, 1000}, {kMinSessionPackets, 0, 1000}, true},
      {{0, 0, 1000}, {kMinSessionPackets - 1, 0, 5000}, false},  // a fresh process is that large
      {{10, 10, 10}, {10, 0, 0}, true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(IsFull(c.limits, c.use), c.full)
        << c.use.packets << " " << c.use.bytes << " " << c.use.resident_bytes;
  }
}

}  // namespace
}  // namespace espcap::stream
