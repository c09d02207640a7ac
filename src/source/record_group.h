// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which packets go together, by their addresses.
#ifndef ESPCAP_SOURCE_RECORD_GROUP_H_
#define ESPCAP_SOURCE_RECORD_GROUP_H_

#include <cstdint>
#include <optional>

#include "source/flow_hash.h"
#include "source/wireshark_api.h"

namespace espcap::source {

// The group that a record's packet belongs to; none where it is no packet or has no addresses.
inline std::optional<uint64_t> GroupOf(const wireshark::Record& record, FlowKey key) {
  if (record.rec().rec_type != REC_TYPE_PACKET) return std::nullopt;
  return FlowHash(key, record.rec().rec_header.packet_header.pkt_encap, record.packet_bytes());
}

// Its conversation itself.
inline std::optional<FlowOfFrame> FlowOf(const wireshark::Record& record) {
  if (record.rec().rec_type != REC_TYPE_PACKET) return std::nullopt;
  return FlowOf(record.rec().rec_header.packet_header.pkt_encap, record.packet_bytes());
}

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_RECORD_GROUP_H_
