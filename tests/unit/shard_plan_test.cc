// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/shard_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "../support/random_seed.h"

namespace espcap::source {
namespace {

constexpr std::nullopt_t kEverythingElse = std::nullopt;

std::vector<uint64_t> Weights(const ShardPlan& plan) {
  return {plan.weights().begin(), plan.weights().end()};
}

TEST(FrameWeight, HasAShareOfTheFrameAndOneOfItsBytes) {
  EXPECT_GT(FrameWeight(0), 0U);
  EXPECT_EQ(FrameWeight(1500), FrameWeight(0) + 1500);
  EXPECT_EQ(FrameWeight(9000), FrameWeight(262144));
}

TEST(ShardPlan, GivesTheHeaviestToTheLeastLoaded) {
  ShardPlan plan(2);
  for (const auto& [group, weight] : {std::pair(11U, 5U), {12U, 4U}, {13U, 3U}, {14U, 3U}}) {
    plan.Count(group, weight);
  }
  plan.Settle();
  EXPECT_EQ(plan.ShardOf(11), 0U);
  EXPECT_EQ(plan.ShardOf(12), 1U);
  EXPECT_EQ(plan.ShardOf(14), 1U);  // of equal ones, the greater hash goes first
  EXPECT_EQ(plan.ShardOf(13), 0U);
  EXPECT_EQ(Weights(plan), (std::vector<uint64_t>{8, 7}));
}

TEST(ShardPlan, AddsUpAGroupsFrames) {
  ShardPlan plan(2);
  plan.Count(1, 10);
  for (int frame = 0; frame < 5; ++frame) plan.Count(2, 3);
  plan.Settle();
  EXPECT_EQ(plan.ShardOf(2), 0U);
  EXPECT_EQ(plan.ShardOf(1), 1U);
  EXPECT_EQ(Weights(plan), (std::vector<uint64_t>{15, 10}));
}

TEST(ShardPlan, EverythingElseIsTheFirstShardsAndCountsThere) {
  ShardPlan plan(3);
  plan.Count(1, 10);
  plan.Count(kEverythingElse, 30);
  plan.Count(2, 10);
  plan.Count(3, 10);
  plan.Settle();
  EXPECT_EQ(plan.ShardOf(kEverythingElse), 0U);
  for (const uint64_t group : {1U, 2U, 3U}) EXPECT_NE(plan.ShardOf(group), 0U);
  EXPECT_EQ(Weights(plan), (std::vector<uint64_t>{30, 20, 10}));
}

TEST(ShardPlan, OfOneShardHasAllThere) {
  ShardPlan plan(1);
  plan.Count(7, 1);
  plan.Count(kEverythingElse, 1);
  plan.Settle();
  EXPECT_EQ(plan.ShardOf(7), 0U);
  EXPECT_EQ(plan.ShardOf(8), 0U);
  EXPECT_EQ(plan.ShardOf(kEverythingElse), 0U);
}

TEST(ShardPlan, OfNothingKnowsAShardForEveryGroup) {
  ShardPlan plan(4);
  plan.Settle();
  EXPECT_EQ(plan.ShardOf(42), 2U);
  EXPECT_EQ(plan.ShardOf(kEverythingElse), 0U);
}

// Some thousand groups, a few of them most of the traffic, as captures have them.
class SkewedTraffic : public ::testing::Test {
 protected:
  using Frames = std::vector<std::pair<uint64_t, uint64_t>>;  // group and weight

  static constexpr size_t kGroups = 3000;

  SkewedTraffic() {
    std::mt19937_64 random(espcap::testing::RandomSeed(20240117));
    for (size_t group = 1; group <= kGroups; ++group) {
      const uint64_t hash = random();
      for (size_t frame = 0; frame < 1 + kGroups / group; ++frame) {
        frames_.emplace_back(hash, FrameWeight(random() % 1500));
      }
    }
    std::shuffle(frames_.begin(), frames_.end(), random);
  }

  static ShardPlan PlanOf(uint32_t shards, const Frames& frames) {
    ShardPlan plan(shards);
    for (const auto& [group, weight] : frames) plan.Count(group, weight);
    plan.Settle();
    return plan;
  }

  Frames frames_;
};

TEST_F(SkewedTraffic, IsSharedOutEvenly) {
  for (const uint32_t shards : {2U, 3U, 4U, 7U}) {
    const ShardPlan plan = PlanOf(shards, frames_);
    std::vector<uint64_t> given(shards);
    for (const auto& [group, weight] : frames_) given.at(plan.ShardOf(group)) += weight;
    EXPECT_EQ(given, Weights(plan));
    const auto [least, most] = std::minmax_element(given.begin(), given.end());
    EXPECT_LT(static_cast<double>(*most - *least), 0.001 * static_cast<double>(*most)) << shards;
  }
}

TEST_F(SkewedTraffic, HasOnePlanWhateverTheOrder) {
  const ShardPlan plan = PlanOf(4, frames_);
  Frames sorted = frames_;
  std::sort(sorted.begin(), sorted.end());
  const ShardPlan other = PlanOf(4, sorted);
  std::reverse(sorted.begin(), sorted.end());
  const ShardPlan third = PlanOf(4, sorted);
  for (const auto& [group, weight] : frames_) {
    ASSERT_EQ(plan.ShardOf(group), other.ShardOf(group));
    ASSERT_EQ(plan.ShardOf(group), third.ShardOf(group));
  }
}

TEST_F(SkewedTraffic, IsTheSameAfterItsWayThroughBytes) {
  ShardPlan plan(3);
  for (const auto& [group, weight] : frames_) plan.Count(group, weight);
  plan.Settle();
  const std::string bytes = plan.ToBytes();
  const auto other = ShardPlan::FromBytes(bytes);
  ASSERT_TRUE(other);
  for (const auto& [group, weight] : frames_) ASSERT_EQ(plan.ShardOf(group), other->ShardOf(group));
  EXPECT_EQ(Weights(plan), Weights(*other));
  EXPECT_EQ(ShardPlan::FromBytes(bytes.substr(0, bytes.size() - 1)), std::nullopt);
  EXPECT_EQ(ShardPlan::FromBytes(""), std::nullopt);
}

// What is beyond the bound is spread by its hash, and weighs where it goes.
TEST_F(SkewedTraffic, KeepsToItsBound) {
  constexpr size_t kBound = 100;
  ShardPlan plan(4, kBound);
  std::vector<uint64_t> kept;
  for (const auto& [group, weight] : frames_) {
    plan.Count(group, weight);
    const bool is_kept = std::find(kept.begin(), kept.end(), group) != kept.end();
    if (!is_kept && kept.size() < kBound) kept.push_back(group);
  }
  plan.Settle();
  std::vector<uint64_t> given(4);
  size_t elsewhere = 0;
  for (const auto& [group, weight] : frames_) {
    given.at(plan.ShardOf(group)) += weight;
    if (plan.ShardOf(group) == group % 4) continue;
    ++elsewhere;
    EXPECT_NE(std::find(kept.begin(), kept.end(), group), kept.end());
  }
  EXPECT_GT(elsewhere, 0U);
  EXPECT_EQ(given, Weights(plan));
}

}  // namespace
}  // namespace espcap::source
