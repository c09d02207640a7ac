// SPDX-License-Identifier: GPL-2.0-or-later
//
// A member of a group that shares the packets of a topic out by partition: the messages of those
// that are assigned to it, and how far each is settled, which is committed. Rebalances are events:
// a partition that another member is to have is settled first, within a time. One thread; nothing
// waits.
#ifndef ESPCAP_CONSUME_TOPIC_CONSUMER_H_
#define ESPCAP_CONSUME_TOPIC_CONSUMER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/poll_service.h"
#include "consume/assigned_partition.h"
#include "consume/message_letters.h"
#include "espcap/consume_stats.h"
#include "espcap/message_feed.h"
#include "espcap/result.h"
#include "kafka/consumer.h"
#include "kafka/group_commits.h"
#include "kafka/group_end.h"

namespace espcap::consume {

class TopicConsumer : public MessageFeed, public base::PollService {
 public:
  struct Options {
    std::string name;  // of the topic, with its brokers
    std::string topic;
    std::string mechanism;      // of SASL
    std::vector<int64_t> ends;  // by partition, where the run ends; none: it doesn't
    uint64_t memory_bytes = 0;  // of all sessions together; 0: not bounded here
  };
  struct Hooks {
    std::function<void(const std::string&)> warn;
    std::function<void(const std::string&)> report;  // what is lost
  };

  // The loop and the statistics are borrowed.
  TopicConsumer(base::EventLoop& loop, Options options, std::unique_ptr<kafka::Consumer> member,
                std::unique_ptr<MessageLetters> letters, Hooks hooks, ConsumeStats& stats);

  // As a feed.
  [[nodiscard]] std::vector<Change> DrainChanges() override;
  [[nodiscard]] uint64_t SessionMemory() const override;
  [[nodiscard]] std::optional<FedMessage> Next(uint64_t assignment) override;
  void Settle(uint64_t assignment, int64_t offset) override;
  void Keep(const FedMessage& message, int32_t partition, const std::string& reason,
            std::function<void(bool)> kept) override;
  void NoteLost(const FedMessage& message, const std::string& interface, uint64_t packets) override;
  void NoteSessionEnd(uint64_t assignment, uint64_t conversations) override;
  void NoteEnd(uint64_t assignment) override;
  [[nodiscard]] bool AtEnd() const override;
  [[nodiscard]] Result<void> Check() const override;

  // No more messages. Serve() until has_left(): what is settled so far is committed.
  void Leave();
  [[nodiscard]] bool has_left() const { return member_->has_left(); }

  [[nodiscard]] int fd() const override { return member_->fd(); }
  [[nodiscard]] std::chrono::milliseconds NextTimeout() const override;
  void Serve() override;

 private:
  using Time = base::EventLoop::Time;

  void Handle(const kafka::Consumer::Events& events);
  void Handle(const kafka::ErrorReport& error);
  void BeginSessions();
  void End(AssignedPartition& partition);
  void CountDeleted(int32_t partition, uint64_t messages);
  void Show();
  void Commit();
  void ReleaseGoing();
  // Every message of its own partitions is settled, up to where the run ends.
  [[nodiscard]] bool OwnAreOver() const;
  [[nodiscard]] AssignedPartition* Find(uint64_t assignment);

  Options options_;
  std::unique_ptr<kafka::Consumer> member_;
  std::unique_ptr<MessageLetters> letters_;
  Hooks hooks_;
  ConsumeStats& stats_;
  base::EventLoop& loop_;
  std::map<int32_t, AssignedPartition> partitions_;
  std::vector<Change> changes_;
  uint64_t assignments_ = 0;
  size_t waiting_ = 0;          // partitions that have no session yet, when last told
  std::vector<int32_t> going_;  // partitions that another member waits for
  Time going_until_{};
  kafka::GroupCommits commits_;
  kafka::GroupEnd end_;
  Time next_commit_{};
  Time next_serve_{};
  bool is_leaving_ = false;
  std::string failure_;  // why no message can come any more; empty: they can
};

}  // namespace espcap::consume

#endif  // ESPCAP_CONSUME_TOPIC_CONSUMER_H_
