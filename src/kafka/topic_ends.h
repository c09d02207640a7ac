// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a run ends that reads a topic up to the end that it had at the start. Partitions of other
// members count too: one of those may have died, and the group learns it late. Pure.
#ifndef ESPCAP_KAFKA_TOPIC_ENDS_H_
#define ESPCAP_KAFKA_TOPIC_ENDS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace espcap::kafka {

class TopicEnds {
 public:
  // By partition, the offset behind the last message; none: the run has no end.
  explicit TopicEnds(std::vector<int64_t> ends)
      : ends_(std::move(ends)), committed_(ends_.size(), 0) {}

  [[nodiscard]] bool any() const { return !ends_.empty(); }
  [[nodiscard]] std::optional<int64_t> Of(int32_t partition) const {
    const auto place = static_cast<size_t>(partition);
    return place < ends_.size() ? std::optional(ends_[place]) : std::nullopt;
  }

  // By the group.
  void NoteCommitted(int32_t partition, int64_t offset) {
    const auto place = static_cast<size_t>(partition);
    if (place < committed_.size()) committed_[place] = std::max(committed_[place], offset);
  }

  // Partitions that the group has not committed up to their end, without those of `own`, a map.
  template <class Own>
  [[nodiscard]] std::vector<int32_t> UnreadElsewhere(const Own& own) const {
    std::vector<int32_t> unread;
    for (int32_t partition = 0; partition < static_cast<int32_t>(ends_.size()); ++partition) {
      const auto place = static_cast<size_t>(partition);
      if (committed_[place] < ends_[place] && !own.contains(partition)) unread.push_back(partition);
    }
    return unread;
  }

 private:
  std::vector<int64_t> ends_;
  std::vector<int64_t> committed_;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_TOPIC_ENDS_H_
