// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a group has read a topic up to the end that it had at the start, as a member asks its
// brokers. One thread; nothing waits.
#ifndef ESPCAP_KAFKA_GROUP_END_H_
#define ESPCAP_KAFKA_GROUP_END_H_

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "kafka/consumer.h"
#include "kafka/topic_ends.h"

namespace espcap::kafka {

class GroupEnd {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit GroupEnd(std::vector<int64_t> ends) : ends_(std::move(ends)) {}

  [[nodiscard]] const TopicEnds& ends() const { return ends_; }

  // REQUIRES: every message of `own`, a map by partition, is settled. The answer is an event of
  // `member`.
  template <class Own>
  void Ask(const Consumer& member, const Own& own, Time now) {
    if (!member.is_member() || now < next_) return;
    next_ = now + kInterval;
    const auto unread = ends_.UnreadElsewhere(own);
    if (!unread.empty()) member.AskCommitted(unread);
  }
  void NoteCommitted(const std::vector<PartitionOffset>& committed) {
    for (const auto& [partition, offset] : committed) ends_.NoteCommitted(partition, offset);
  }
  // What is not `own` is read by others, or there is none.
  template <class Own>
  [[nodiscard]] bool OthersAreThere(const Own& own) const {
    return ends_.UnreadElsewhere(own).empty();
  }

 private:
  static constexpr std::chrono::seconds kInterval{1};

  TopicEnds ends_;
  Time next_{};
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_GROUP_END_H_
