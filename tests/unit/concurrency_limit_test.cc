// SPDX-License-Identifier: GPL-2.0-or-later
//
// The limit with model servers: each is a rule for how long a request takes.
#include "elasticsearch/concurrency_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace espcap::elasticsearch {
namespace {

using Seconds = std::chrono::duration<double>;

// This number of requests, each at a time when as many are in flight as may be.
void Send(ConcurrencyLimit& limit, size_t requests, const std::function<double(uint32_t)>& took) {
  for (size_t i = 0; i < requests; ++i) {
    const uint32_t in_flight = limit.requests();
    limit.OnSuccess(1'000'000, Seconds(took(in_flight)), in_flight);
  }
}

TEST(ConcurrencyLimit, GrowsWhileRequestsDoNotSlowEachOther) {
  ConcurrencyLimit limit(1, 8);
  EXPECT_EQ(limit.requests(), 1U);
  Send(limit, 1'000, [](uint32_t) { return 0.1; });
  EXPECT_EQ(limit.requests(), 8U);
}

TEST(ConcurrencyLimit, StaysLowWhereMoreBringsNothing) {
  ConcurrencyLimit limit(1, 8);
  uint32_t most = 0;
  for (int i = 0; i < 100; ++i) {
    Send(limit, 10, [](uint32_t in_flight) { return 0.1 * in_flight; });
    most = std::max(most, limit.requests());
  }
  EXPECT_LE(most, 2U);
  EXPECT_LE(limit.requests(), 2U);
}

TEST(ConcurrencyLimit, FindsTheNumberThatAServerWorksOnAtOnce) {
  ConcurrencyLimit limit(1, 8);
  Send(limit, 2'000, [](uint32_t in_flight) { return 0.1 * std::max(1.0, in_flight / 4.0); });
  EXPECT_GE(limit.requests(), 3U);
  EXPECT_LE(limit.requests(), 5U);
}

TEST(ConcurrencyLimit, HalvesWhenItIsTooMuchAndComesBackSlowly) {
  ConcurrencyLimit limit(1, 8);
  const auto quick = [](uint32_t) { return 0.1; };
  Send(limit, 1'000, quick);
  limit.OnOverload();
  EXPECT_EQ(limit.requests(), 4U);
  limit.OnOverload();
  limit.OnOverload();
  limit.OnOverload();
  EXPECT_EQ(limit.requests(), 1U);
  Send(limit, 8, quick);
  EXPECT_EQ(limit.requests(), 1U);
  Send(limit, 2'000, quick);
  EXPECT_EQ(limit.requests(), 8U);
}

TEST(ConcurrencyLimit, LearnsNothingFromWhoHasLittleToSend) {
  ConcurrencyLimit limit(2, 8);
  for (int i = 0; i < 1'000; ++i) limit.OnSuccess(1'000, Seconds(0.1), 1);
  EXPECT_EQ(limit.requests(), 2U);
}

TEST(ConcurrencyLimit, StaysWhereItIsTold) {
  ConcurrencyLimit limit(3, 3);
  Send(limit, 100, [](uint32_t) { return 0.1; });
  EXPECT_EQ(limit.requests(), 3U);
  limit.OnOverload();
  EXPECT_EQ(limit.requests(), 3U);
}

}  // namespace
}  // namespace espcap::elasticsearch
