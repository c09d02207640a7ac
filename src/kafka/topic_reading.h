// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a topic holds, and how far a group has come with it, asked once: it waits for the answers,
// and joins no group. REQUIRES: after the process's last fork.
#ifndef ESPCAP_KAFKA_TOPIC_READING_H_
#define ESPCAP_KAFKA_TOPIC_READING_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"
#include "kafka/client.h"

namespace espcap::kafka {

// Messages that the group has not committed, in all partitions. `timeout`: for each answer; until
// then it asks again while the coordinator or a leader moves.
Result<uint64_t> AskLag(const Connection& connection, int32_t partitions, const std::string& group,
                        std::chrono::milliseconds timeout);

// The offset behind each partition's last message. `timeout`: as AskLag() has it.
Result<std::vector<int64_t>> AskEnds(const Connection& connection, int32_t partitions,
                                     std::chrono::milliseconds timeout);

// Every message that is there now. Key and value are lent for the call. `timeout`: without a
// message.
using OnMessage = std::function<void(std::string_view key, std::string_view value)>;
Result<void> ReadWholeTopic(const Connection& connection, int32_t partitions,
                            const OnMessage& on_message, std::chrono::milliseconds timeout);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_TOPIC_READING_H_
