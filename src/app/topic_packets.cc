// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/topic_packets.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <span>
#include <system_error>

#include "app/archive_files.h"
#include "app/job_topics.h"
#include "base/write_all.h"
#include "kafka/address.h"
#include "kafka/topic_inspection.h"
#include "process/shared_file.h"

namespace espcap::app {
namespace {

using retrieve::FileFindings;
using retrieve::RecordOutcome;
using retrieve::RecordSlot;

constexpr std::chrono::seconds kAnswer{15};

// To be read from its beginning, by a process that can't change it.
Result<base::FileDescriptor> FileOf(std::string_view value) {
  auto file = process::MakeGrowingFile("espcap-message");
  if (!file) return file;
  const int error = base::WriteAll(file->get(), value);
  if (error != 0) return Fail("keep a message: {}", std::generic_category().message(error));
  if (auto sealed = process::ForbidChanges(*file); !sealed) return Forward(std::move(sealed));
  ::lseek(file->get(), 0, SEEK_SET);
  return file;
}

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
  const auto facts = kafka::InspectTopic(*connection, kAnswer, kafka::TopicUse::kReadOnly);
  if (!facts) return tl::unexpected(facts.error());
  std::string name = connection->address.Text();
  auto reader = kafka::MessageReader::Start(std::move(*connection), facts->partitions, kAnswer);
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
        partition, offsets, [&](int64_t offset, const Result<std::string_view>& value) {
          const auto node = messages.extract({partition, offset});
          return ReadMessage(retrieval,
                             fmt::format("{}, partition {}, offset {}", name_, partition, offset),
                             value, hits, node.mapped());
        });
    if (!read) return Forward(std::move(read));
  }
  log_.WriteLeftOutCounts();
  hits.Finish();
  return missing_;
}

Result<void> TopicPackets::ReadMessage(retrieve::Retrieval& retrieval, const std::string& name,
                                       const Result<std::string_view>& value, PacketHits& hits,
                                       std::vector<MessageHits::Wanted>& packets) {
  std::vector<RecordSlot> slots;
  slots.reserve(packets.size());
  for (const MessageHits::Wanted& packet : packets) slots.push_back(packet.in_message);
  std::string reason;
  if (value) {
    auto file = FileOf(*value);
    if (!file) return Forward(std::move(file));
    const auto findings = retrieval.AddFrom({std::move(*file), {}}, name, slots);
    if (!findings) return tl::unexpected(findings.error());
    reason = findings->reason;
  } else {
    reason = value.error().message;
  }
  std::vector<RecordSlot> here;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (packets[i].file != nullptr && IsElsewhere(slots[i])) {
      hits.files()[{{}, *packets[i].file}].push_back(packets[i].in_file);
    } else {
      here.push_back(slots[i]);
    }
  }
  FileFindings findings = retrieve::FindingsOf(here);
  findings.reason = std::move(reason);
  missing_ += findings.missing();
  TellMissing(kMessagesKind, name, slots.size(), findings, log_);
  return {};
}

}  // namespace espcap::app
