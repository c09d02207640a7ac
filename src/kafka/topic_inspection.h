// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a topic is like, asked once at the start: it waits for the answers. What is wrong with
// brokers, credentials or the topic is known then, before anything is captured.
#ifndef ESPCAP_KAFKA_TOPIC_INSPECTION_H_
#define ESPCAP_KAFKA_TOPIC_INSPECTION_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "espcap/result.h"
#include "kafka/client.h"

namespace espcap::kafka {

struct TopicFacts {
  int32_t partitions = 0;
  uint64_t max_message_bytes = 0;     // of a batch of messages, as the topic or its broker has it
  std::vector<std::string> warnings;  // that the user should know
};

// A topic that is only read isn't made by asking for it, and how large its messages may be is of no
// interest: it stays 0.
enum class TopicUse : uint8_t { kAny, kReadOnly };

// REQUIRES: after the process's last fork.
Result<TopicFacts> InspectTopic(const Connection& connection, std::chrono::milliseconds timeout,
                                TopicUse use = TopicUse::kAny);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_TOPIC_INSPECTION_H_
