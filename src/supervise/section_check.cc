// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/section_check.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>

#include "document/document_id.h"
#include "document/record_numbers.h"
#include "document/section_origin.h"
#include "pcapng/blocks.h"
#include "supervise/live_key.h"

namespace espcap::supervise {
namespace {

std::vector<uint64_t> AllNumbers(const std::vector<SectionClaim>& sections) {
  std::vector<uint64_t> numbers;
  for (const SectionClaim& section : sections) {
    numbers.insert(numbers.end(), section.numbers.begin(), section.numbers.end());
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void AppendLosses(ByteBuffer& out, const std::vector<InterfaceStats>& interfaces) {
  using std::chrono::nanoseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  uint32_t number = 0;
  for (const InterfaceStats& interface : interfaces) {
    const auto time_ns = std::chrono::duration_cast<nanoseconds>(now).count();
    pcapng::AppendStatistics(
        out,
        {number++, static_cast<uint64_t>(time_ns), interface.received + interface.kernel_dropped,
         interface.interface_dropped, interface.kernel_dropped + interface.ring_dropped},
        pcapng::kNanoseconds);
  }
}

}  // namespace

Result<std::vector<SectionClaim>> ReadSections(const process::WorkerSlots& slots, uint32_t slot,
                                               const SlotContents& contents) {
  std::vector<SectionClaim> sections;
  sections.reserve(contents.documents.size());
  size_t place = 0;
  uint64_t packets = 0;
  for (const process::SlotDocument& document : contents.documents) {
    SectionClaim claim;
    process::SectionHead& head = claim.head;
    if (document.bytes < sizeof(head)) return Fail("a section without a head");
    std::memcpy(&head, slots.Text(slot, place), sizeof(head));
    if (head.number_bytes >= document.bytes - sizeof(head) || head.packets == 0) {
      return Fail("a section without packets");
    }
    const std::string bytes(slots.Text(slot, place + sizeof(head)), head.number_bytes);
    auto numbers = document::ParseRecordNumbers(bytes, head.packets);
    if (!numbers || numbers->front() != document.record_number || head.first_ns > head.last_ns) {
      return Fail("a section whose head is wrong");
    }
    claim.numbers = std::move(*numbers);
    claim.text_place = place + sizeof(head) + head.number_bytes;
    claim.text_bytes = document.bytes - sizeof(head) - head.number_bytes;
    packets += head.packets;
    place += document.bytes;
    sections.push_back(std::move(claim));
  }
  if (packets != contents.progress.packets) return Fail("a batch whose counts disagree");
  return sections;
}

Result<uint64_t> CheckFileRecords(const std::vector<SectionClaim>& sections, uint64_t last) {
  for (const uint64_t number : AllNumbers(sections)) {
    if (number <= last || number > UINT32_MAX) {
      return Fail("record {} after record {}", number, last);
    }
    last = number;
  }
  return last;
}

Result<void> CheckStreamRecords(const std::vector<SectionClaim>& sections,
                                const std::vector<process::PacketRing::RecordId>& records) {
  auto record = records.begin();
  for (const uint64_t number : AllNumbers(sections)) {
    record = std::find_if(record, records.end(),
                          [number](const auto& id) { return id.number == number; });
    if (record == records.end()) return Fail("a packet of record {}", number);
    ++record;
  }
  return {};
}

Result<CheckedText> CopySections(const process::WorkerSlots& slots, uint32_t slot,
                                 const SlotContents& contents,
                                 const std::vector<SectionClaim>& sections,
                                 const SectionFacts& facts) {
  CheckedText checked;
  ByteBuffer losses;
  AppendLosses(losses, facts.interfaces);
  const size_t room =
      slots.shape().action_bytes + facts.sensor.size() + facts.file.size() + losses.size();
  checked.text.Reserve(contents.progress.text_bytes + sections.size() * room);
  checked.documents.reserve(sections.size());
  ByteBuffer records;
  for (size_t position = 0; position < sections.size(); ++position) {
    const process::SlotDocument& document = contents.documents[position];
    const SectionClaim& section = sections[position];
    Fingerprint capture = facts.capture;
    uint64_t before = 0;  // the numbers of this section
    if (facts.is_run) {
      const RunNumber first = RunNumberOf(capture, section.numbers.front());
      const RunNumber last = RunNumberOf(capture, section.numbers.back());
      if (first.run != last.run) return Fail("a section with numbers of two runs");
      capture = first.run;
      before = section.numbers.front() - first.number;
    }
    records.Clear();
    uint64_t last = before;
    for (const uint64_t number : section.numbers) {
      document::AppendRecordNumber(records, std::exchange(last, number), number);
    }
    const size_t begin = checked.text.size();
    const std::string id = document::CaptureId(capture);
    document::AppendOrigin(checked.text,
                           {facts.sensor, id, facts.file, records.view(), section.head.packets,
                            section.head.first_ns, section.head.last_ns});
    checked.text.Append({slots.Text(slot, section.text_place), section.text_bytes});
    checked.text.Append(losses.view());
    checked.documents.push_back({begin, checked.text.size() - begin, document.frame_number,
                                 document.conversation, section.head.packets});
  }
  return checked;
}

}  // namespace espcap::supervise
