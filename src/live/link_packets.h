// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets as libpcap hands them over, in wiretap's terms: what a reader of the same packets from a
// pcapng file would make of them. One for each opened device.
#ifndef ESPCAP_LIVE_LINK_PACKETS_H_
#define ESPCAP_LIVE_LINK_PACKETS_H_

#include <cstdint>
#include <optional>
#include <span>

#include "espcap/result.h"
#include "source/wireshark_api.h"

struct pcap_pkthdr;

namespace espcap::live {

class LinkPackets {
 public:
  // `link_type` is libpcap's DLT_*. An error where wiretap doesn't know it, or its packets begin
  // with a header of libpcap's that isn't understood here.
  static Result<LinkPackets> Of(int link_type, uint32_t interface_id, bool nanoseconds);

  // The record's header. Where packets begin with a header of libpcap's, `bytes` is moved behind
  // it; one that is too short for it has no record.
  [[nodiscard]] std::optional<wireshark::RecordHeader> HeaderOf(
      const pcap_pkthdr& packet, std::span<const uint8_t>& bytes) const;

  // wiretap's WTAP_ENCAP_*.
  [[nodiscard]] int encapsulation() const { return encapsulation_; }

 private:
  LinkPackets(int encapsulation, uint32_t interface_id, bool nanoseconds)
      : encapsulation_(encapsulation), interface_id_(interface_id), nanoseconds_(nanoseconds) {}

  [[nodiscard]] size_t HeaderBytes() const;

  int encapsulation_;
  uint32_t interface_id_;
  bool nanoseconds_;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_LINK_PACKETS_H_
