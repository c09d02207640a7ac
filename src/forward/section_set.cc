// SPDX-License-Identifier: GPL-2.0-or-later
#include "forward/section_set.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "document/record_numbers.h"

namespace espcap::forward {
namespace {

constexpr std::string_view kApplication = "espcap " ESPCAP_VERSION;
constexpr size_t kHeaderBytes = 64;  // of a section without anything, at most
constexpr size_t kKeptBytes = SectionSet::kSectionBytes * 2;  // of a buffer that is used again

// Numbers of records beyond 32 bits are told apart by another id.
uint64_t Generation(uint64_t number) { return (number - 1) / UINT32_MAX; }

size_t BytesOf(const Section& section) { return section.text.size() + section.numbers.size(); }

size_t BytesFrom(const std::vector<std::string>& blocks, size_t from) {
  size_t bytes = 0;
  for (size_t at = from; at < blocks.size(); ++at) bytes += blocks[at].size();
  return bytes;
}

void AppendBlocks(Section& section, const std::vector<std::string>& blocks) {
  for (; section.blocks < blocks.size(); ++section.blocks) {
    section.text.Append(blocks[section.blocks]);
  }
}

}  // namespace

SectionSet::SectionSet(const Limits& limits) : limits_(limits), open_(limits.partitions) {}

SectionSet::Added SectionSet::Add(uint32_t partition, const pcapng::Packet& packet,
                                  const PacketOrigin& origin,
                                  const std::vector<std::string>& blocks) {
  const size_t packet_bytes = pcapng::PacketBytes(packet) + document::kMaxNumberBytes;
  Section* section = open_[partition];
  if (section != nullptr) {
    const size_t bytes = packet_bytes + BytesFrom(blocks, section->blocks);
    const size_t full = std::min(kSectionBytes, limits_.message_bytes);
    if (BytesOf(*section) + bytes > full ||
        Generation(section->last_number) != Generation(origin.number)) {
      Close(partition);
      section = nullptr;
    } else if (bytes_ + bytes > limits_.total_bytes) {
      return Added::kNoRoom;
    }
  }
  if (section == nullptr) {
    const size_t bytes = kHeaderBytes + BytesFrom(blocks, 0) + packet_bytes;
    if (bytes > limits_.message_bytes) return Added::kTooLarge;
    section = Open(partition, bytes);
    if (section == nullptr) return Added::kNoRoom;
    section->first_number = origin.number;
    section->first_frame = origin.frame;
    section->first_ns = section->last_ns = origin.time_ns;
  }
  const size_t before = BytesOf(*section);
  if (section->packets == 0) pcapng::AppendSectionHeader(section->text, kApplication);
  AppendBlocks(*section, blocks);
  pcapng::AppendPacket(section->text, packet);
  document::AppendRecordNumber(section->numbers, section->last_number, origin.number);
  section->last_number = origin.number;
  section->first_ns = std::min(section->first_ns, origin.time_ns);
  section->last_ns = std::max(section->last_ns, origin.time_ns);
  bytes_ += BytesOf(*section) - before;
  ++section->packets;
  return Added::kAdded;
}

Section* SectionSet::Open(uint32_t partition, size_t bytes) {
  const bool has_room = used_ < limits_.sections && bytes_ + bytes <= limits_.total_bytes;
  if (used_ > 0 && !has_room) return nullptr;
  if (used_ == sections_.size()) sections_.push_back(std::make_unique<Section>());
  Section& section = *sections_[used_++];
  ByteBuffer numbers = std::move(section.numbers);
  ByteBuffer text = std::move(section.text);
  numbers.Clear();
  text.Clear();
  section = {};
  section.partition = partition;
  section.numbers = std::move(numbers);
  section.text = std::move(text);
  open_[partition] = &section;
  return &section;
}

void SectionSet::Close(uint32_t partition) {
  closed_.push_back(std::exchange(open_[partition], nullptr));
}

void SectionSet::CloseAll() {
  for (uint32_t partition = 0; partition < open_.size(); ++partition) {
    if (open_[partition] != nullptr) Close(partition);
  }
}

std::vector<const Section*> SectionSet::All() const {
  std::vector<const Section*> all(closed_.begin(), closed_.end());
  std::copy_if(open_.begin(), open_.end(), std::back_inserter(all),
               [](const Section* section) { return section != nullptr; });
  return all;
}

void SectionSet::Clear() {
  for (size_t at = 0; at < used_; ++at) {
    Section& section = *sections_[at];
    if (section.text.capacity() > kKeptBytes) section.text = {};
  }
  closed_.clear();
  std::fill(open_.begin(), open_.end(), nullptr);
  used_ = 0;
  bytes_ = 0;
}

}  // namespace espcap::forward
