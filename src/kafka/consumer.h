// SPDX-License-Identifier: GPL-2.0-or-later
//
// A member of a consumer group of one topic. Partitions are assigned cooperatively; offsets are
// committed when they are told, never by time. What happens comes as values; nothing waits. One
// thread.
#ifndef ESPCAP_KAFKA_CONSUMER_H_
#define ESPCAP_KAFKA_CONSUMER_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "kafka/client.h"
#include "kafka/error_report.h"

namespace espcap::kafka {

struct ConsumedMessage {
  int32_t partition = 0;
  int64_t offset = 0;
  std::string value;
};

struct PartitionOffset {
  int32_t partition = 0;
  int64_t offset = 0;
};

class Consumer {
 public:
  // A group without offsets begins with the oldest message.
  static Result<std::unique_ptr<Consumer>> Start(const Connection& connection,
                                                 const std::string& group);
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  struct Events {
    std::vector<int32_t> assigned;
    std::vector<int32_t> revoked;  // another member has them from now on
    std::vector<ConsumedMessage> messages;
    std::vector<int32_t> ends;         // partitions of which every message was told
    std::vector<ErrorReport> commits;  // those that have ended, each with its error
    std::vector<ErrorReport> errors;
  };
  // Readable where Drain() has something to tell.
  [[nodiscard]] int fd() const { return wake_.get(); }
  // Since the last call, up to a bound. What is told of a partition was before its revocation.
  [[nodiscard]] Events Drain();

  // No further messages until Resume(); rebalances and errors go on.
  void Pause();
  void Resume();

  // Below these offsets nothing is left to do. False: it isn't on its way, so nothing is told of
  // it.
  [[nodiscard]] bool Commit(const std::vector<PartitionOffset>& offsets);

  // Leaves the group, so that others have its partitions at once. Drain() until has_left().
  void Leave();
  [[nodiscard]] bool has_left() const { return has_left_; }

 private:
  Consumer(Client client, base::FileDescriptor wake, std::string topic);

  void Rebalance(rd_kafka_event_t& event, Events& events);
  void AdvanceLeaving(Events& events);

  Client client_;
  base::FileDescriptor wake_;  // readable: the client's queue isn't empty
  std::string topic_;
  std::vector<int32_t> assignment_;
  bool is_paused_ = false;
  bool is_leaving_ = false;
  bool is_closing_ = false;
  bool has_left_ = false;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_CONSUMER_H_
