// SPDX-License-Identifier: GPL-2.0-or-later
//
// A member of a consumer group of one topic. Partitions are assigned cooperatively; offsets are
// committed when they are told, never by time. What happens comes as values; nothing waits.
// Messages come with the events, or wait by partition until they are asked for. One thread.
#ifndef ESPCAP_KAFKA_CONSUMER_H_
#define ESPCAP_KAFKA_CONSUMER_H_

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "kafka/client.h"
#include "kafka/error_report.h"
#include "kafka/partition_list.h"
#include "kafka/section_headers.h"

namespace espcap::kafka {

struct ConsumedMessage {
  int32_t partition = 0;
  int64_t offset = 0;
  std::string value;
};

// One that librdkafka's memory holds, while `owner` lives.
struct HeldMessage {
  int64_t offset = 0;
  std::string_view value;
  std::vector<ReceivedHeader> headers;
  std::shared_ptr<const void> owner;
};

struct PartitionOffset {
  int32_t partition = 0;
  int64_t offset = 0;
};

class Consumer {
 public:
  struct Options {
    std::string group;
    // Messages wait for Next(), and a partition that another member is to have stays until
    // Release().
    bool by_partition = false;
    uint64_t prefetch_bytes = 0;  // of each partition, then; 0: as librdkafka does
  };
  // A group without offsets begins with the oldest message.
  static Result<std::unique_ptr<Consumer>> Start(const Connection& connection, Options options);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  struct Events {
    std::vector<int32_t> assigned;
    std::vector<int32_t> revoked;  // another member has them from now on
    std::vector<int32_t> going;    // by partition: another member waits for their Release()
    std::vector<ConsumedMessage> messages;
    std::vector<PartitionOffset> ends;  // every message before these was told
    std::vector<ErrorReport> commits;   // those that have ended, each with its error
    std::vector<PartitionOffset>
        committed;  // as AskCommitted() wanted to know; those that there are
    std::vector<ErrorReport> errors;
  };
  // Readable where Drain() has something to tell.
  [[nodiscard]] int fd() const { return wake_.get(); }
  // Since the last call, up to a bound. What is told of a partition was before its revocation.
  [[nodiscard]] Events Drain();

  // By partition: the next message, if there is one at present.
  struct Polled {
    std::optional<HeldMessage> message;
    std::optional<int64_t> end;        // every message was told: the next offset
    std::optional<ErrorReport> error;  // of the partition
  };
  [[nodiscard]] Polled Next(int32_t partition) const;
  // What was told as going is another member's.
  void Release();

  // No further messages until Resume(); rebalances and errors go on.
  void Pause();
  void Resume();

  // While it joins the group anew, since a partition went, a commit would name a generation that is
  // over, and cost it all its partitions. Others would wait for one that leaves.
  [[nodiscard]] const JoinWatch& joining() const { return *client_.joining(); }

  // Until the brokers take it for dead where they hear nothing of it.
  [[nodiscard]] std::chrono::milliseconds session_timeout() const { return session_timeout_; }

  // Below these offsets nothing is left to do. False: it isn't on its way, so nothing is told of
  // it.
  [[nodiscard]] bool Commit(const std::vector<PartitionOffset>& offsets);

  // What the group has committed of these partitions: it comes as an event.
  void AskCommitted(const std::vector<int32_t>& partitions) const;
  // Behind the last message that the brokers have, as far as is known.
  [[nodiscard]] std::optional<int64_t> EndOf(int32_t partition) const;

  // Leaves the group, so that others have its partitions at once. Drain() until has_left().
  void Leave();
  [[nodiscard]] bool has_left() const { return has_left_; }

 private:
  struct DestroyQueue {
    void operator()(rd_kafka_queue_t* queue) const;
  };
  using Queue = std::unique_ptr<rd_kafka_queue_t, DestroyQueue>;

  Consumer(Client client, base::FileDescriptor wake, std::string topic, Options options);

  void Rebalance(rd_kafka_event_t& event, Events& events);
  void Assign(const rd_kafka_topic_partition_list_t& list, Events& events);
  void Unassign(const rd_kafka_topic_partition_list_t& list, std::vector<ErrorReport>& errors);
  void AdvanceLeaving(Events& events);

  Client client_;
  base::FileDescriptor wake_;  // readable: the client's queue isn't empty
  std::string topic_;
  Options options_;
  std::chrono::milliseconds session_timeout_;
  std::vector<int32_t> assignment_;
  std::map<int32_t, Queue> queues_;  // by partition
  PartitionList going_;              // null: none is
  bool is_paused_ = false;
  bool is_leaving_ = false;
  bool is_closing_ = false;
  bool has_left_ = false;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_CONSUMER_H_
