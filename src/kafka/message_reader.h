// SPDX-License-Identifier: GPL-2.0-or-later
//
// Single messages of a topic, by partition and offset. Joins no group, and commits nothing. It
// waits for messages. REQUIRES: after the process's last fork; one thread.
#ifndef ESPCAP_KAFKA_MESSAGE_READER_H_
#define ESPCAP_KAFKA_MESSAGE_READER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "espcap/result.h"
#include "kafka/client.h"

namespace espcap::kafka {

class MessageReader {
 public:
  // `partitions`: that the topic has. `timeout`: without a message, or an answer.
  static Result<MessageReader> Start(Connection connection, int32_t partitions,
                                     std::chrono::milliseconds timeout);

  // The value is lent for the call; an error says why there is none. What it returns as an error
  // ends the reading.
  using OnMessage =
      std::function<Result<void>(int64_t offset, const Result<std::string_view>& value)>;
  // Tells of each offset once, in turn. `offsets`: rising, each once. An error is `on_message`'s.
  Result<void> Read(int32_t partition, std::span<const int64_t> offsets,
                    const OnMessage& on_message);

 private:
  MessageReader(Connection connection, Client client, int32_t partitions,
                std::chrono::milliseconds timeout)
      : connection_(std::move(connection)),
        client_(std::move(client)),
        partitions_(partitions),
        timeout_(timeout) {}

  Connection connection_;
  Client client_;
  int32_t partitions_;
  std::chrono::milliseconds timeout_;
  bool is_answered_ = true;  // the last partition's reading
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_MESSAGE_READER_H_
