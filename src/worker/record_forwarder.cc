// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/record_forwarder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "forward/block_options.h"
#include "process/section_head.h"
#include "source/conversation.h"
#include "source/link_type.h"

namespace espcap::worker {

using forward::SectionSet;
using process::LogMessage;
using process::SlotWriter;

namespace {

constexpr std::chrono::milliseconds kMostWait{100};  // of a packet for others of its section
constexpr size_t kMostTold = 64;                     // reasons

SectionSet::Limits LimitsOf(const process::Job& job, size_t slot_bytes) {
  return {.partitions = std::max(1U, job.needs.partitions),
          .message_bytes = job.needs.document_bytes - sizeof(process::SectionHead),
          .total_bytes = slot_bytes};
}

std::string_view BytesOf(const process::SectionHead& head) {
  return {reinterpret_cast<const char*>(&head), sizeof(head)};
}

}  // namespace

RecordForwarder::RecordForwarder(const WorkerOptions& options, source::CaptureSource& source,
                                 const process::Job& job, size_t slot_bytes, SlotWriter& out)
    : options_(options),
      source_(source),
      job_(job),
      out_(out),
      sections_(LimitsOf(job, slot_bytes)) {}

void RecordForwarder::RestartInterfaces() {
  sections_.CloseAll();
  interfaces_.Restart();
}

Result<void> RecordForwarder::Add(uint32_t frame_number, uint64_t record_number) {
  if (frame_number <= job_.settled_frame) return {};
  const bool is_first = !std::exchange(has_met_unsettled_, true);
  if (job_.faults.Find(frame_number) != nullptr ||
      (is_first && job_.faults.Find(process::FrameFault::kFirst) != nullptr)) {
    return Account(frame_number, &SlotWriter::Accounted::failed);
  }
  const wtap_rec& rec = std::as_const(source_).record().rec();
  if (rec.rec_type != REC_TYPE_PACKET) return CannotHold(frame_number, "records of no packet");
  const wtap_packet_header& packet = rec.rec_header.packet_header;
  const auto link_type = link_types_.Of(packet.pkt_encap);
  if (!link_type) {
    return CannotHold(frame_number,
                      fmt::format("packets of {}", source::EncapsulationName(packet.pkt_encap)));
  }
  const uint32_t id = (rec.presence_flags & WTAP_HAS_INTERFACE_ID) != 0 ? packet.interface_id : 0;
  const auto use = interfaces_.UseFor(id, *link_type, rec.ts);
  if (!use) return CannotHold(frame_number, use.error().message);
  return Put(frame_number, record_number, *use);
}

Result<void> RecordForwarder::Put(uint32_t frame_number, uint64_t record_number,
                                  const forward::InterfaceTable::Use& use) {
  const wireshark::Record& record = std::as_const(source_).record();
  const wtap_packet_header& packet = record.rec().rec_header.packet_header;
  const forward::PseudoHeader pseudo_header(packet);
  packet_options_.Clear();
  forward::AppendPacketOptions(packet_options_, record.rec().block);
  const pcapng::Packet block{
      use.interface,         use.time, packet.len, pseudo_header.bytes(), record.packet_bytes(),
      packet_options_.view()};
  const uint32_t partition = PartitionOf(packet);
  const forward::PacketOrigin origin{record_number, frame_number, record.time_ns()};
  auto added = sections_.Add(partition, block, origin, interfaces_.blocks());
  if (added == SectionSet::Added::kNoRoom) {
    if (auto handed = HandOver(); !handed) return handed;
    added = sections_.Add(partition, block, origin, interfaces_.blocks());
  }
  if (added == SectionSet::Added::kAdded) {
    return Account(frame_number, &SlotWriter::Accounted::packets);
  }
  if (told_.insert("too large").second) {
    out_.SendLog(LogMessage::Level::kWarning,
                 fmt::format("{}: packet {}: with its {} bytes it is too large for the topic "
                             "(max.message.bytes); such packets are not forwarded",
                             source_.name(), frame_number, packet.caplen));
  }
  return Account(frame_number, &SlotWriter::Accounted::too_large);
}

// As of a document of it.
uint32_t RecordForwarder::PartitionOf(const wtap_packet_header& packet) const {
  const wireshark::Record& record = std::as_const(source_).record();
  const auto bytes = record.packet_bytes();
  const uint32_t partitions = std::max(1U, job_.needs.partitions);
  if (const auto hash = source::FlowHash(options_.shard_key, packet.pkt_encap, bytes)) {
    return static_cast<uint32_t>(*hash % partitions);
  }
  const wtap_rec& rec = record.rec();
  const char* const interface = (rec.presence_flags & WTAP_HAS_INTERFACE_ID) != 0
                                    ? source_.InterfaceName(packet.interface_id, rec.section_number)
                                    : nullptr;
  const uint64_t place =
      source::PlaceHash(*options_.conversation_sensor, interface == nullptr ? "" : interface);
  return static_cast<uint32_t>(place % partitions);
}

Result<void> RecordForwarder::CannotHold(uint32_t frame_number, const std::string& what) {
  return Fail(frame_number,
              fmt::format("a section of pcapng can't hold {}; such are not forwarded", what));
}

Result<void> RecordForwarder::Fail(uint32_t frame_number, const std::string& reason) {
  if (frame_number <= job_.settled_frame) return {};
  if (told_.size() < kMostTold && told_.insert(reason).second) {
    out_.SendLog(LogMessage::Level::kError,
                 fmt::format("{}: packet {}: {}", source_.name(), frame_number, reason));
  }
  return Account(frame_number, &SlotWriter::Accounted::failed);
}

Result<void> RecordForwarder::AddDuplicate(uint32_t frame_number) {
  if (frame_number <= job_.settled_frame) return {};
  return Account(frame_number, &SlotWriter::Accounted::duplicates);
}

Result<void> RecordForwarder::Account(uint32_t frame_number,
                                      uint64_t SlotWriter::Accounted::*outcome) {
  if (accounted_.captured() == 0) since_ = Clock::now();
  ++(accounted_.*outcome);
  accounted_.last_frame = frame_number;
  if (out_.is_careful()) return HandOver();
  return {};
}

Result<void> RecordForwarder::HandOverIfDue() {
  if (accounted_.captured() == 0 || Clock::now() < since_ + kMostWait) return {};
  return HandOver();
}

Result<void> RecordForwarder::HandOver() {
  if (accounted_.captured() == 0) return {};
  const auto sections = sections_.All();
  std::vector<process::SectionHead> heads;
  std::vector<SlotWriter::Section> handed;
  heads.reserve(sections.size());
  handed.reserve(sections.size());
  for (const forward::Section* section : sections) {
    heads.push_back(
        {section->packets, section->numbers.size(), section->first_ns, section->last_ns});
    constexpr int64_t kSecondNs = 1'000'000'000;
    handed.push_back({{0, section->first_number, section->first_ns / kSecondNs,
                       static_cast<int32_t>(section->first_ns % kSecondNs), section->first_frame,
                       section->partition},
                      section->packets,
                      {BytesOf(heads.back()), section->numbers.view(), section->text.view()}});
  }
  auto done = out_.HandOverSections(handed, accounted_);
  sections_.Clear();
  accounted_ = {};
  return done;
}

}  // namespace espcap::worker
