// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/node_pool.h"

#include <gtest/gtest.h>

#include <vector>

namespace espcap::elasticsearch {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class NodePoolTest : public ::testing::Test {
 protected:
  // Without luck: each wait is as long as it can be.
  static NodePool Pool(size_t nodes, uint32_t concurrency = 1) {
    return {nodes, {concurrency, concurrency}, [] { return 1.0; }};
  }
  static NodePool Healthy(size_t nodes, uint32_t concurrency = 1) {
    NodePool pool = Pool(nodes, concurrency);
    while (const auto node = pool.AcquireForProbe({})) pool.Identified(*node);
    return pool;
  }

  NodePool::Time now_{};
};

TEST_F(NodePoolTest, GetsNoDocumentsBeforeItHasSaidWhoItIs) {
  NodePool pool = Pool(1);
  EXPECT_FALSE(pool.Acquire(now_));
  EXPECT_FALSE(pool.AllFailed());
  ASSERT_EQ(pool.AcquireForProbe(now_), 0U);
  EXPECT_FALSE(pool.AcquireForProbe(now_));  // asked once at a time
  EXPECT_FALSE(pool.Acquire(now_));
  pool.Identified(0);
  EXPECT_TRUE(pool.AnyHealthy());
  EXPECT_EQ(pool.Acquire(now_), 0U);
}

TEST_F(NodePoolTest, HealthyNodesTakeTurns) {
  NodePool pool = Healthy(3, 2);
  std::vector<size_t> turns;
  while (const auto node = pool.Acquire(now_)) turns.push_back(*node);
  EXPECT_EQ(turns, (std::vector<size_t>{0, 1, 2, 0, 1, 2}));
  pool.Answered(1, 1'000, seconds(1));
  EXPECT_EQ(pool.Acquire(now_), 1U);
  EXPECT_FALSE(pool.Acquire(now_));
}

TEST_F(NodePoolTest, AFailedOneRestsAndIsAskedAgainLongerEachTime) {
  NodePool pool = Healthy(2);
  ASSERT_EQ(pool.Acquire(now_), 0U);
  EXPECT_EQ(pool.Failed(0, std::nullopt, now_), milliseconds(500));
  ASSERT_EQ(pool.Acquire(now_), 1U);  // the other goes on
  EXPECT_FALSE(pool.Acquire(now_));
  EXPECT_FALSE(pool.AcquireForProbe(now_ + milliseconds(499)));
  EXPECT_EQ(pool.NextChange(now_), now_ + milliseconds(500));
  now_ += milliseconds(500);
  ASSERT_EQ(pool.AcquireForProbe(now_), 0U);
  EXPECT_EQ(pool.ProbeFailed(0, now_), milliseconds(1'000));
  now_ += milliseconds(1'000);
  ASSERT_EQ(pool.AcquireForProbe(now_), 0U);
  pool.Identified(0);
  // It answers, but takes nothing: not trusted yet.
  ASSERT_EQ(pool.Acquire(now_), 0U);
  EXPECT_EQ(pool.Failed(0, std::nullopt, now_), milliseconds(2'000));
  now_ += seconds(3);
  ASSERT_EQ(pool.AcquireForProbe(now_), 0U);
  pool.Identified(0);
  ASSERT_EQ(pool.Acquire(now_), 0U);
  pool.Answered(0, 1'000, seconds(1));
  ASSERT_EQ(pool.Acquire(now_), 0U);
  EXPECT_EQ(pool.Failed(0, std::nullopt, now_), milliseconds(500));  // forgiven
}

TEST_F(NodePoolTest, RequestsThatFailTogetherAreOneFailure) {
  NodePool pool = Healthy(1, 3);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(pool.Acquire(now_), 0U);
  EXPECT_TRUE(pool.Failed(0, std::nullopt, now_));
  EXPECT_FALSE(pool.Failed(0, std::nullopt, now_));
  now_ += milliseconds(500);
  ASSERT_EQ(pool.AcquireForProbe(now_), 0U);
  EXPECT_FALSE(pool.Failed(0, std::nullopt, now_));  // an old one, while it is asked
  pool.Identified(0);
  EXPECT_TRUE(pool.IsHealthy(0));
  EXPECT_EQ(pool.in_flight(0), 0U);
}

TEST_F(NodePoolTest, AProbeThatFailsWhileAnOldRequestIsUnderWayIsAFailure) {
  NodePool pool = Healthy(1, 2);
  ASSERT_TRUE(pool.Acquire(now_));
  ASSERT_TRUE(pool.Acquire(now_));
  EXPECT_TRUE(pool.Failed(0, std::nullopt, now_));
  now_ += milliseconds(500);
  ASSERT_TRUE(pool.AcquireForProbe(now_));
  EXPECT_EQ(pool.ProbeFailed(0, now_), milliseconds(1'000));
  EXPECT_TRUE(pool.AcquireForProbe(now_ + milliseconds(1'000)));
}

TEST_F(NodePoolTest, OneTooBusyToSayWhoItIsIsAskedAgainAndInTheEndFailing) {
  NodePool pool = Pool(1);
  for (const int wait : {200, 400, 800, 1'600, 3'200, 6'400}) {
    ASSERT_EQ(pool.AcquireForProbe(now_), 0U);
    EXPECT_FALSE(pool.ProbeRefused(0, std::nullopt, now_));
    EXPECT_FALSE(pool.AllFailed());
    EXPECT_EQ(pool.NextChange(now_), now_ + milliseconds(wait));
    now_ += milliseconds(wait);
  }
  ASSERT_EQ(pool.AcquireForProbe(now_), 0U);
  EXPECT_EQ(pool.ProbeRefused(0, seconds(7), now_), milliseconds(7'500));
  EXPECT_TRUE(pool.AllFailed());
}

TEST_F(NodePoolTest, AnOverloadedOnePausesAndStaysHealthy) {
  NodePool pool = Healthy(1, 2);
  ASSERT_TRUE(pool.Acquire(now_));
  pool.Overloaded(0, std::nullopt, now_);
  EXPECT_TRUE(pool.IsHealthy(0));
  EXPECT_FALSE(pool.Acquire(now_ + milliseconds(199)));
  EXPECT_EQ(pool.NextChange(now_), now_ + milliseconds(200));
  EXPECT_TRUE(pool.Acquire(now_ + milliseconds(200)));
}

TEST_F(NodePoolTest, RetryAfterIsRespected) {
  NodePool pool = Healthy(2);
  ASSERT_EQ(pool.Acquire(now_), 0U);
  ASSERT_EQ(pool.Acquire(now_), 1U);
  pool.Overloaded(0, seconds(7), now_);
  pool.Failed(1, seconds(9), now_);
  EXPECT_FALSE(pool.Acquire(now_ + seconds(7)));
  EXPECT_EQ(pool.Acquire(now_ + seconds(8)), 0U);
  EXPECT_FALSE(pool.AcquireForProbe(now_ + seconds(9)));
  EXPECT_EQ(pool.AcquireForProbe(now_ + seconds(10)), 1U);
}

TEST_F(NodePoolTest, RetryAfterIsBounded) {
  NodePool pool = Healthy(1);
  ASSERT_TRUE(pool.Acquire(now_));
  pool.Overloaded(0, seconds(1'000'000'000), now_);
  EXPECT_TRUE(pool.Acquire(now_ + seconds(3'601)));
}

TEST_F(NodePoolTest, AllFailedMeansEachOfThem) {
  NodePool pool = Pool(2);
  ASSERT_EQ(pool.AcquireForProbe(now_), 0U);
  ASSERT_EQ(pool.AcquireForProbe(now_), 1U);
  pool.ProbeFailed(1, now_);
  EXPECT_FALSE(pool.AllFailed());
  pool.ProbeFailed(0, now_);
  EXPECT_TRUE(pool.AllFailed());
  EXPECT_FALSE(pool.AnyHealthy());
  EXPECT_EQ(pool.Room(), 0U);
}

}  // namespace
}  // namespace espcap::elasticsearch
