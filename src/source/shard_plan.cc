// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/shard_plan.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <functional>
#include <queue>
#include <utility>

namespace espcap::source {

ShardPlan::ShardPlan(uint32_t shards, size_t max_groups)
    : weights_(shards, 0), max_groups_(max_groups) {
  assert(shards > 0);
}

void ShardPlan::Count(std::optional<uint64_t> group, uint64_t weight) {
  if (!group) {
    weights_[0] += weight;
  } else if (const auto found = groups_.find(*group); found != groups_.end()) {
    found->second.weight += weight;
  } else if (groups_.size() < max_groups_) {
    groups_.emplace(*group, Group{weight, 0});
  } else {
    weights_[ShardByHash(*group)] += weight;
  }
}

void ShardPlan::Settle() {
  // Hashes are unique: the order, and with it the plan, is not the map's.
  std::vector<std::pair<uint64_t, uint64_t>> heaviest_first;  // weight and hash
  heaviest_first.reserve(groups_.size());
  for (const auto& [hash, group] : groups_) heaviest_first.emplace_back(group.weight, hash);
  std::sort(heaviest_first.begin(), heaviest_first.end(), std::greater<>());

  using Load = std::pair<uint64_t, uint32_t>;  // weight and shard
  std::priority_queue<Load, std::vector<Load>, std::greater<>> lightest;
  uint32_t next_shard = 0;
  for (const uint64_t weight : weights_) lightest.emplace(weight, next_shard++);
  for (const auto& [weight, hash] : heaviest_first) {
    const uint32_t shard = lightest.top().second;
    lightest.pop();
    groups_[hash].shard = shard;
    weights_[shard] += weight;
    lightest.emplace(weights_[shard], shard);
  }
}

namespace {

template <typename T>
void Append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
bool ReadValue(std::string_view& bytes, T& value) {
  if (bytes.size() < sizeof(value)) return false;
  std::memcpy(&value, bytes.data(), sizeof(value));
  bytes.remove_prefix(sizeof(value));
  return true;
}

}  // namespace

// The number of shards and their weights, then each group's hash and shard.
std::string ShardPlan::ToBytes() const {
  std::string bytes;
  bytes.reserve(sizeof(uint32_t) + weights_.size() * sizeof(uint64_t) +
                groups_.size() * (sizeof(uint64_t) + sizeof(uint32_t)));
  Append(bytes, static_cast<uint32_t>(weights_.size()));
  for (const uint64_t weight : weights_) Append(bytes, weight);
  for (const auto& [hash, group] : groups_) {
    Append(bytes, hash);
    Append(bytes, group.shard);
  }
  return bytes;
}

std::optional<ShardPlan> ShardPlan::FromBytes(std::string_view bytes) {
  uint32_t shards = 0;
  if (!ReadValue(bytes, shards) || shards == 0 || bytes.size() / sizeof(uint64_t) < shards) {
    return std::nullopt;
  }
  ShardPlan plan(shards);
  for (uint64_t& weight : plan.weights_) ReadValue(bytes, weight);
  plan.groups_.reserve(bytes.size() / (sizeof(uint64_t) + sizeof(uint32_t)));
  while (!bytes.empty()) {
    uint64_t hash = 0;
    Group group;
    if (!ReadValue(bytes, hash) || !ReadValue(bytes, group.shard) || group.shard >= shards) {
      return std::nullopt;
    }
    plan.groups_.emplace(hash, group);
  }
  return plan;
}

}  // namespace espcap::source
