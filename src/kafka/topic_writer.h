// SPDX-License-Identifier: GPL-2.0-or-later
//
// Writes single messages to a topic, each kept until the brokers have it. What they can't take at
// present goes again, without end. For few messages, such as results. One thread; nothing waits.
#ifndef ESPCAP_KAFKA_TOPIC_WRITER_H_
#define ESPCAP_KAFKA_TOPIC_WRITER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "espcap/result.h"
#include "kafka/client.h"
#include "kafka/producer.h"

namespace espcap::kafka {

constexpr int32_t kPartitionOfKey = RD_KAFKA_PARTITION_UA;  // one key has one partition

class TopicWriter {
 public:
  // The loop is borrowed. `sensor`: in each message's headers.
  static Result<std::unique_ptr<TopicWriter>> Start(base::EventLoop& loop,
                                                    const Connection& connection,
                                                    uint64_t max_message_bytes, std::string sensor);
  TopicWriter(const TopicWriter&) = delete;
  TopicWriter& operator=(const TopicWriter&) = delete;

  // Called by Poll() once every replica in sync has it. `offset`: there; negative: not known.
  using Acknowledged = std::function<void(int64_t offset)>;
  void Send(int32_t partition, std::string key, std::string value, Acknowledged acknowledged) {
    Send(partition, std::move(key), std::move(value), {}, std::move(acknowledged));
  }
  // With more headers than that, but for kMostHeaders at most.
  using Headers = std::vector<std::pair<const char*, std::string>>;
  static constexpr size_t kMostHeaders = Message::kMaxHeaders - 1;
  void Send(int32_t partition, std::string key, std::string value, Headers headers,
            Acknowledged acknowledged);

  // An error: a message can't be written, now or later. It says the topic.
  Result<void> Poll();

  // Messages without an outcome.
  [[nodiscard]] size_t pending() const { return pending_.size(); }
  // The brokers' last complaint; empty: none since the last message that they took.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  struct Pending {
    int32_t partition = 0;
    std::string key;
    std::string value;
    Headers headers;
    Acknowledged acknowledged;
    std::list<Pending>::iterator place;
  };

  TopicWriter(base::EventLoop& loop, std::string name, std::string mechanism,
              std::unique_ptr<Producer> producer, std::string sensor);

  void Enqueue();
  void Refuse(rd_kafka_resp_err_t error);

  std::string name_;
  std::string mechanism_;
  std::string sensor_;
  base::EventLoop& loop_;
  base::EventLoop::Timer timer_;
  std::list<Pending> pending_;
  std::deque<Pending*> unsent_;
  std::unique_ptr<Producer> producer_;  // ends before what it borrows
  base::EventLoop::Time again_at_{};
  bool has_delivered_ = false;
  std::string complaint_;
  std::string failure_;  // why nothing more can be written; empty: it can
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_TOPIC_WRITER_H_
