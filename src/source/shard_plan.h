// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which of several workers, each reading a whole capture, dissects which of its frames: groups of
// frames that belong together (FlowHash) are shared out by weight, since a capture can have few of
// them and unequal ones. Every process that counts must come to the same plan, so the plan depends
// on nothing but the frames in their order. (A file that grows between two counts has two plans:
// the caller must end all counts at one frame.) One thread.
#ifndef ESPCAP_SOURCE_SHARD_PLAN_H_
#define ESPCAP_SOURCE_SHARD_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace espcap::source {

// What a frame costs to dissect and encode, in units that mean nothing by themselves. Measured were
// 50,680 frames of office traffic (24 µs and 2 ns a byte) and 68,827 of 1,849 captures of every
// kind of protocol (16 µs, and 10 ns a byte up to 1,500): it is frames that count, hardly their
// bytes. Those above `kMaxWeighedBytes` were too few to tell.
constexpr uint64_t FrameWeight(size_t captured_bytes) {
  constexpr uint64_t kWeightOfAFrame = 4500;  // 20 µs, where a byte is 4.5 ns
  constexpr size_t kMaxWeighedBytes = 9000;
  return kWeightOfAFrame + (captured_bytes < kMaxWeighedBytes ? captured_bytes : kMaxWeighedBytes);
}

class ShardPlan {
 public:
  // Some 60 MB, and 16 more while Settle() sorts.
  static constexpr size_t kMaxGroups = 1'000'000;

  // REQUIRES: shards > 0. Groups beyond the first `max_groups` go by their hash alone.
  explicit ShardPlan(uint32_t shards, size_t max_groups = kMaxGroups);

  // Adds a frame to its group; none is the group of everything else, which is shard 0's.
  // REQUIRES: before Settle().
  void Count(std::optional<uint64_t> group, uint64_t weight);

  // Shares the groups out: the heaviest first, each to the shard that has least so far.
  void Settle();

  // REQUIRES: after Settle(). A group that was never counted has a shard too.
  [[nodiscard]] uint32_t ShardOf(std::optional<uint64_t> group) const {
    if (!group) return 0;
    const auto found = groups_.find(*group);
    return found != groups_.end() ? found->second.shard : ShardByHash(*group);
  }

  // For another process on this machine. REQUIRES: after Settle().
  [[nodiscard]] std::string ToBytes() const;
  // None where they aren't ToBytes()'s.
  static std::optional<ShardPlan> FromBytes(std::string_view bytes);

  // What each shard has been given. REQUIRES: after Settle().
  [[nodiscard]] std::span<const uint64_t> weights() const { return weights_; }

 private:
  struct Group {
    uint64_t weight = 0;
    uint32_t shard = 0;
  };
  struct AsItIs {  // the keys are hashes
    size_t operator()(uint64_t hash) const noexcept { return hash; }
  };

  [[nodiscard]] uint32_t ShardByHash(uint64_t hash) const {
    return static_cast<uint32_t>(hash % weights_.size());
  }

  std::vector<uint64_t> weights_;  // by shard
  size_t max_groups_;
  std::unordered_map<uint64_t, Group, AsItIs> groups_;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_SHARD_PLAN_H_
