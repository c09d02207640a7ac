// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/record_copier.h"

#include <algorithm>

namespace espcap::retrieve {

void InterfaceFinder::Follow() {
  const uint32_t known = known_;
  while (source_.NextInterface() != nullptr) ++known_;
  // Interfaces are numbered within their section, whose descriptions are before its packets.
  const uint32_t section = source_.record().rec()->section_number;
  if (firsts_.empty()) firsts_.push_back(0);
  while (firsts_.size() <= section && firsts_.size() < kMaxSections) firsts_.push_back(known);
}

wtap_block_t InterfaceFinder::Find(const wtap_rec& packet) const {
  const bool has_id = (packet.presence_flags & WTAP_HAS_INTERFACE_ID) != 0;
  const uint64_t id = (has_id ? packet.rec_header.packet_header.interface_id : 0) +
                      uint64_t{FirstOf(packet.section_number)};
  const std::unique_ptr<wtapng_iface_descriptions_t, wireshark::GFree> blocks(
      wtap_file_get_idb_info(source_.handle()));
  if (blocks == nullptr || id >= blocks->interface_data->len) return nullptr;
  return g_array_index(blocks->interface_data, wtap_block_t, id);
}

uint32_t InterfaceFinder::FirstOf(uint32_t section) const {
  const uint32_t first = wireshark::FirstInterface(source_.handle(), section);
  if (first != 0 || firsts_.empty()) return first;
  return firsts_[std::min<size_t>(section, firsts_.size() - 1)];
}

Result<bool> RecordCopier::Copy() {
  wireshark::Record& record = source_.record();
  const wtap_rec& packet = *record.rec();
  record.NormalizeTime();
  if (packet.ts.secs < 0) return false;  // pcapng's times begin with 1970
  if (packet.rec_type == REC_TYPE_PACKET) {
    const int link_type = packet.rec_header.packet_header.pkt_encap;
    if (wtap_dump_can_write_encap(wtap_pcapng_file_type_subtype(), link_type) == FALSE) {
      return false;
    }
    auto interface = InterfaceOf(packet);
    if (!interface) return Forward(std::move(interface));
    record.SetInterface(*interface);
  }
  auto written = writer_.Write(record);
  if (written && *written) ++records_;
  return written;
}

Result<uint32_t> RecordCopier::InterfaceOf(const wtap_rec& packet) {
  wtap_block_t original = interfaces_.Find(packet);
  std::vector<Described>& known = described_[{original, packet.rec_header.packet_header.pkt_encap}];
  for (const Described& one : known) {
    if (KeepsTime(one.interface.get(), packet)) return one.number;
  }
  Block interface = DescribeInterface(original, packet);
  auto number = writer_.AddInterface(interface.get());
  if (number) known.push_back({std::move(interface), *number});
  return number;
}

}  // namespace espcap::retrieve
