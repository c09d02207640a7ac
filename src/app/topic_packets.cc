// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/topic_packets.h"

#include <fmt/format.h>

#include "app/archive_files.h"
#include "app/job_topics.h"
#include "kafka/address.h"
#include "kafka/answer_timeout.h"
#include "kafka/topic_inspection.h"

namespace espcap::app {
namespace {

using retrieve::FileFindings;
using retrieve::RecordOutcome;
using retrieve::RecordSlot;

// That one process parses one after another.
constexpr size_t kMostMessages = 64;
constexpr size_t kMostBytes = size_t{4} << 20U;

bool IsElsewhere(const RecordSlot& slot) {
  return slot.outcome == static_cast<uint32_t>(RecordOutcome::kNotReached) ||
         slot.outcome == static_cast<uint32_t>(RecordOutcome::kOther);
}

}  // namespace

Result<std::unique_ptr<TopicPackets>> TopicPackets::Open(const cli::PacketsSettings& settings,
                                                         telemetry::Log& log) {
  if (settings.kafka_topic.empty()) return nullptr;
  auto address = kafka::ParseAddress({"--kafka-brokers", "--kafka-topic"}, settings.kafka_brokers,
                                     settings.kafka_topic);
  if (!address) return Forward(std::move(address));
  auto connection = ConnectionTo(std::move(*address), settings.kafka, settings.kafka_password_file);
  if (!connection) return Forward(std::move(connection));
  const auto facts =
      kafka::InspectTopic(*connection, kafka::kAnswerTimeout, kafka::TopicUse::kReadOnly);
  if (!facts) return tl::unexpected(facts.error());
  std::string name = connection->address.Text();
  auto reader =
      kafka::MessageReader::Start(std::move(*connection), facts->partitions, kafka::kAnswerTimeout);
  if (!reader) return Forward(std::move(reader));
  return std::unique_ptr<TopicPackets>(new TopicPackets(std::move(name), std::move(*reader), log));
}

Result<uint64_t> TopicPackets::Read(retrieve::Retrieval& retrieval, PacketHits& hits) {
  MessageHits::Messages& messages = hits.messages().messages();
  while (!messages.empty()) {
    const int32_t partition = messages.begin()->first.first;
    std::vector<int64_t> offsets;
    for (const auto& [place, packets] : messages) {
      if (place.first != partition) break;
      offsets.push_back(place.second);
    }
    log_.Verbose(
        fmt::format("{}, partition {}: {} messages wanted", name_, partition, offsets.size()));
    auto read = reader_.Read(
        partition, offsets,
        [&](int64_t offset, const Result<std::string_view>& value) -> Result<void> {
          const auto node = messages.extract({partition, offset});
          Take(fmt::format("{}, partition {}, offset {}", name_, partition, offset), value,
               std::move(node.mapped()), hits);
          const bool is_full = captures_.size() >= kMostMessages || bytes_ >= kMostBytes;
          return is_full ? ReadTaken(retrieval, hits) : Result<void>();
        });
    if (read) read = ReadTaken(retrieval, hits);
    if (!read) return Forward(std::move(read));
  }
  log_.WriteLeftOutCounts();
  hits.Finish();
  return missing_;
}

void TopicPackets::Take(std::string name, const Result<std::string_view>& value,
                        std::vector<MessageHits::Wanted> packets, PacketHits& hits) {
  std::vector<RecordSlot> slots;
  slots.reserve(packets.size());
  for (const MessageHits::Wanted& packet : packets) slots.push_back(packet.in_message);
  if (!value) return Settle(name, slots, value.error().message, packets, hits);
  bytes_ += value->size();
  captures_.push_back({std::move(name), std::string(*value), std::move(slots)});
  packets_.push_back(std::move(packets));
}

Result<void> TopicPackets::ReadTaken(retrieve::Retrieval& retrieval, PacketHits& hits) {
  if (captures_.empty()) return {};
  if (auto read = retrieval.AddBatch(captures_); !read) return read;
  for (size_t i = 0; i < captures_.size(); ++i) {
    const retrieve::MemoryCapture& capture = captures_[i];
    Settle(capture.name, capture.slots, capture.findings.reason, packets_[i], hits);
  }
  captures_.clear();
  packets_.clear();
  bytes_ = 0;
  return {};
}

void TopicPackets::Settle(const std::string& name, const std::vector<RecordSlot>& slots,
                          const std::string& reason,
                          const std::vector<MessageHits::Wanted>& packets, PacketHits& hits) {
  std::vector<RecordSlot> here;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (packets[i].file != nullptr && IsElsewhere(slots[i])) {
      hits.files()[{{}, *packets[i].file}].push_back(packets[i].in_file);
    } else {
      here.push_back(slots[i]);
    }
  }
  FileFindings findings = retrieve::FindingsOf(here);
  findings.reason = reason;
  missing_ += findings.missing();
  TellMissing(kMessagesKind, name, slots.size(), findings, log_);
}

}  // namespace espcap::app
