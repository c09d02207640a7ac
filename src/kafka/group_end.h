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
#include "kafka/idle_time.h"
#include "kafka/topic_ends.h"

namespace espcap::kafka {

class GroupEnd {
 public:
  using Time = IdleTime::Time;

  // `session_timeout`: the member's.
  GroupEnd(std::vector<int64_t> ends, std::chrono::milliseconds session_timeout, Time now)
      : ends_(std::move(ends)), idle_(session_timeout, now) {}

  [[nodiscard]] const TopicEnds& ends() const { return ends_; }

  // `is_done`: every message of `own`, a map by partition, is settled. How far others are is asked
  // then; the answer is an event of `member`.
  template <class Own>
  void Note(const Consumer& member, const Own& own, bool is_done, Time now) {
    idle_.Note(member.joining().is_member(), !is_done, now);
    if (!is_done || !member.joining().is_member() || now < next_) return;
    next_ = now + kInterval;
    const auto unread = ends_.UnreadElsewhere(own);
    if (!unread.empty()) member.AskCommitted(unread);
  }
  void NoteCommitted(const std::vector<PartitionOffset>& committed) {
    for (const auto& [partition, offset] : committed) ends_.NoteCommitted(partition, offset);
  }

  // Whether a member that is done may end: the others are at the end, too, or have what is left.
  // One of them may have died: what it had comes to this one once its session has timed out.
  template <class Own>
  [[nodiscard]] bool IsReached(const Own& own, Time now) const {
    return ends_.any() && (ends_.UnreadElsewhere(own).empty() || idle_.IsOver(now));
  }

 private:
  static constexpr std::chrono::seconds kInterval{1};

  TopicEnds ends_;
  IdleTime idle_;
  Time next_{};
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_GROUP_END_H_
