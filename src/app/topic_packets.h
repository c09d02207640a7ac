// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets that `espcap packets` reads from messages of a topic (--kafka-topic), while the brokers
// have these. Messages are handed on as they are: nothing here parses them. One thread.
#ifndef ESPCAP_APP_TOPIC_PACKETS_H_
#define ESPCAP_APP_TOPIC_PACKETS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/message_hits.h"
#include "app/packet_hits.h"
#include "cli/settings.h"
#include "espcap/result.h"
#include "kafka/message_reader.h"
#include "retrieve/capture_batch.h"
#include "retrieve/record_slot.h"
#include "retrieve/retrieval.h"
#include "telemetry/log.h"

namespace espcap::app {

class TopicPackets {
 public:
  // Null: no topic is named. Asks the brokers: an error says what is wrong with options, brokers,
  // credentials or the topic. REQUIRES: after the last fork. Waits.
  static Result<std::unique_ptr<TopicPackets>> Open(const cli::PacketsSettings& settings,
                                                    telemetry::Log& log);

  // All that is wanted of its messages. What isn't there, and is in a file too, is wanted of that
  // file from now on. Returns how many packets are missing for good. An error: what is found can't
  // be kept. Waits.
  Result<uint64_t> Read(retrieve::Retrieval& retrieval, PacketHits& hits);

 private:
  TopicPackets(std::string name, kafka::MessageReader reader, telemetry::Log& log)
      : name_(std::move(name)), reader_(std::move(reader)), log_(log) {}

  void Take(std::string name, const Result<std::string_view>& value,
            std::vector<MessageHits::Wanted> packets, PacketHits& hits);
  Result<void> ReadTaken(retrieve::Retrieval& retrieval, PacketHits& hits);
  void Settle(const std::string& name, const std::vector<retrieve::RecordSlot>& slots,
              const std::string& reason, const std::vector<MessageHits::Wanted>& packets,
              PacketHits& hits);

  std::string name_;  // of the topic, with its brokers
  kafka::MessageReader reader_;
  telemetry::Log& log_;
  std::vector<retrieve::MemoryCapture> captures_;          // taken, and not read yet
  std::vector<std::vector<MessageHits::Wanted>> packets_;  // of each
  size_t bytes_ = 0;                                       // of all
  uint64_t missing_ = 0;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_TOPIC_PACKETS_H_
