// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/capture_reader.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "retrieve/pcapng_writer.h"
#include "source/record_digest.h"

namespace espcap::retrieve {
namespace {

using source::FileSource;

// What a capture says of its packets' interfaces.
class InterfaceFinder {
 public:
  explicit InterfaceFinder(FileSource& source) : source_(source) {}

  // After each record that is read in sequence.
  void Follow() {
    const uint32_t known = known_;
    while (source_.NextInterface() != nullptr) ++known_;
    // Interfaces are numbered within their section, whose descriptions are before its packets.
    const uint32_t section = source_.record().rec()->section_number;
    if (firsts_.empty()) firsts_.push_back(0);
    while (firsts_.size() <= section && firsts_.size() < kMaxSections) firsts_.push_back(known);
  }

  // Null where it says nothing.
  [[nodiscard]] wtap_block_t Find(const wtap_rec& packet) const {
    const bool has_id = (packet.presence_flags & WTAP_HAS_INTERFACE_ID) != 0;
    const uint64_t id = (has_id ? packet.rec_header.packet_header.interface_id : 0) +
                        uint64_t{FirstOf(packet.section_number)};
    const std::unique_ptr<wtapng_iface_descriptions_t, wireshark::GFree> blocks(
        wtap_file_get_idb_info(source_.handle()));
    if (blocks == nullptr || id >= blocks->interface_data->len) return nullptr;
    return g_array_index(blocks->interface_data, wtap_block_t, id);
  }

 private:
  static constexpr size_t kMaxSections = size_t{1} << 20U;

  [[nodiscard]] uint32_t FirstOf(uint32_t section) const {
    const uint32_t first = wireshark::FirstInterface(source_.handle(), section);
    if (first != 0 || firsts_.empty()) return first;
    return firsts_[std::min<size_t>(section, firsts_.size() - 1)];
  }

  FileSource& source_;
  uint32_t known_ = 0;
  std::vector<uint32_t> firsts_;  // of each section
};

class Copy {
 public:
  Copy(FileSource& source, RecordFilter* filter, PcapngWriter& writer)
      : source_(source), filter_(filter), writer_(writer), interfaces_(source) {}

  // An error ends the reading, not the section.
  Result<void> InSequence(std::span<RecordSlot> slots) {
    while (!slots.empty()) {
      auto read = source_.Next();
      if (!read) return Forward(std::move(read));
      if (!*read) return Fail("the file ends after record {}", source_.record_number());
      interfaces_.Follow();
      SelectRecord();
      // Several of one number: of files that had the same name.
      while (!slots.empty() && slots.front().frame <= source_.record_number()) {
        if (auto written = Check(slots.front()); !written) return written;
        slots = slots.subspan(1);
      }
    }
    return {};
  }

  Result<void> ByOffset(std::span<RecordSlot> slots) {
    for (RecordSlot& slot : slots) {
      if (const auto read = source_.ReadAt(slot.offset, slot.frame); !read) {
        Set(slot, RecordOutcome::kOther);
        continue;
      }
      if (auto written = Check(slot); !written) return written;
    }
    return {};
  }

  [[nodiscard]] const std::optional<Error>& write_error() const { return write_error_; }
  [[nodiscard]] uint64_t records() const { return records_; }

 private:
  static void Set(RecordSlot& slot, RecordOutcome outcome) {
    slot.outcome = static_cast<uint32_t>(outcome);
  }

  void SelectRecord() {
    if (filter_ == nullptr) return;
    const auto selected = filter_->Selects();
    is_dissected_ = selected.has_value();
    is_selected_ = selected.value_or(false);
  }

  Result<void> Check(RecordSlot& slot) {
    if (slot.frame != source_.record_number() ||
        source::DigestOf(source_.record()) != slot.digest) {
      Set(slot, RecordOutcome::kOther);
      return {};
    }
    if (!is_selected_) {
      Set(slot, is_dissected_ ? RecordOutcome::kFiltered : RecordOutcome::kUndissected);
      return {};
    }
    auto written = WriteRecord();
    if (!written) {
      write_error_ = written.error();
      return Forward(std::move(written));
    }
    if (*written) ++records_;
    Set(slot, *written ? RecordOutcome::kWritten : RecordOutcome::kUnwritable);
    return {};
  }

  Result<bool> WriteRecord() {
    wireshark::Record& record = source_.record();
    const wtap_rec& packet = *record.rec();
    if (packet.rec_type == REC_TYPE_PACKET) {
      const int link_type = packet.rec_header.packet_header.pkt_encap;
      if (wtap_dump_can_write_encap(wtap_pcapng_file_type_subtype(), link_type) == FALSE) {
        return false;
      }
      auto interface = InterfaceOf(packet);
      if (!interface) return Forward(std::move(interface));
      record.SetInterface(*interface);
    }
    return writer_.Write(record);
  }

  // Its number in the section.
  Result<uint32_t> InterfaceOf(const wtap_rec& packet) {
    wtap_block_t original = interfaces_.Find(packet);
    std::vector<Described>& known =
        described_[{original, packet.rec_header.packet_header.pkt_encap}];
    for (const Described& one : known) {
      if (KeepsTime(one.interface.get(), packet)) return one.number;
    }
    Block interface = DescribeInterface(original, packet);
    auto number = writer_.AddInterface(interface.get());
    if (number) known.push_back({std::move(interface), *number});
    return number;
  }

  struct Described {
    Block interface;
    uint32_t number = 0;
  };

  FileSource& source_;
  RecordFilter* filter_;
  PcapngWriter& writer_;
  InterfaceFinder interfaces_;
  std::map<std::pair<wtap_block_t, int>, std::vector<Described>> described_;  // by link type
  std::optional<Error> write_error_;
  uint64_t records_ = 0;
  bool is_dissected_ = true;  // the current record
  bool is_selected_ = true;
};

}  // namespace

bool CanGoByOffset(const FileSource& source, std::span<const RecordSlot> slots) {
  const bool is_known = source.file_type() == wtap_pcap_file_type_subtype() ||
                        source.file_type() == wtap_pcap_nsec_file_type_subtype() ||
                        source.file_type() == wtap_pcapng_file_type_subtype();
  return is_known && source.bytes_are_plain() &&
         std::all_of(slots.begin(), slots.end(),
                     [](const RecordSlot& slot) { return slot.offset >= 0; });
}

Result<CopiedRecords> CopyRecords(FileSource& source, std::span<RecordSlot> slots, bool by_offset,
                                  RecordFilter* filter, base::FileDescriptor section) {
  if (filter != nullptr) filter->Attach(source);
  auto writer = PcapngWriter::Begin(std::move(section), source.handle());
  if (!writer) return Forward(std::move(writer));
  Copy copy(source, filter, **writer);
  const auto copied = by_offset ? copy.ByOffset(slots) : copy.InSequence(slots);
  if (copy.write_error()) return tl::unexpected(*copy.write_error());
  if (auto closed = (*writer)->Close(); !closed) return Forward(std::move(closed));
  return CopiedRecords{(*writer)->interfaces(), copy.records(),
                       copied ? std::string() : copied.error().message};
}

}  // namespace espcap::retrieve
