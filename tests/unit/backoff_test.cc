// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/backoff.h"

#include <gtest/gtest.h>

namespace espcap::base {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesUpToItsCapWithFullJitter) {
  constexpr Backoff kBackoff{milliseconds{100}, milliseconds{1'000}};
  struct Case {
    uint32_t failures;
    double unit;
    int64_t wait_ms;
  };
  const Case cases[] = {{1, 1, 100},
                        {2, 1, 200},
                        {3, 1, 400},
                        {4, 1, 800},
                        {5, 1, 1000},
                        {99, 1, 1000},
                        {4'000'000'000U, 1, 1000},
                        {3, 0.5, 200},
                        {3, 0, 0},
                        {99, 0.25, 250}};
  for (const Case& c : cases) {
    EXPECT_EQ(kBackoff.Wait(c.failures, c.unit).count(), c.wait_ms) << c.failures << ' ' << c.unit;
  }
}

}  // namespace
}  // namespace espcap::base
