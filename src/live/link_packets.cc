// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/link_packets.h"

#include <pcap/pcap.h>
#include <wiretap/pcap-encap.h>

#include <algorithm>

#include "source/link_type.h"

namespace espcap::live {
namespace {

constexpr int kNanosecondsInMicrosecond = 1000;

uint16_t BigEndian16(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

}  // namespace

Result<LinkPackets> LinkPackets::Of(int link_type, uint32_t interface_id, bool nanoseconds) {
  const int encapsulation = wtap_pcap_encap_to_wtap_encap(link_type);
  const char* name = pcap_datalink_val_to_name(link_type);
  const std::string shown = name == nullptr ? std::to_string(link_type) : name;
  if (encapsulation == WTAP_ENCAP_UNKNOWN) {
    return Fail("Wireshark has no dissector for its link type {}", shown);
  }
  LinkPackets packets(encapsulation, interface_id, nanoseconds);
  if (source::LosesPseudoHeader(encapsulation) && packets.HeaderBytes() == 0) {
    return Fail("link type {} can't be dissected live; record it to a file", shown);
  }
  return packets;
}

// Of those that wiretap takes off.
size_t LinkPackets::HeaderBytes() const {
  switch (encapsulation_) {
    case WTAP_ENCAP_BLUETOOTH_H4_WITH_PHDR:
    case WTAP_ENCAP_BLUETOOTH_LINUX_MONITOR:
      return 4;
    case WTAP_ENCAP_PPP_WITH_PHDR:
      return 1;
    default:
      return 0;
  }
}

std::optional<wireshark::RecordHeader> LinkPackets::HeaderOf(
    const pcap_pkthdr& packet, std::span<const uint8_t>& bytes) const {
  wireshark::RecordHeader header = wireshark::PacketHeader();
  header.presence_flags =
      WTAP_HAS_TS | WTAP_HAS_CAP_LEN | WTAP_HAS_INTERFACE_ID | WTAP_HAS_SECTION_NUMBER;
  header.time.secs = packet.ts.tv_sec;
  header.time.nsecs =
      static_cast<int>(packet.ts.tv_usec) * (nanoseconds_ ? 1 : kNanosecondsInMicrosecond);
  header.time_precision = nanoseconds_ ? WTAP_TSPREC_NSEC : WTAP_TSPREC_USEC;

  const size_t own_header = HeaderBytes();
  if (bytes.size() < own_header) return std::nullopt;
  wtap_packet_header& details = header.details.packet_header;
  details.caplen = static_cast<guint32>(bytes.size() - own_header);
  details.len = std::max(details.caplen, packet.len - static_cast<guint32>(own_header));
  details.pkt_encap = encapsulation_;
  details.interface_id = interface_id_;
  wtap_pseudo_header& pseudo = details.pseudo_header;
  switch (encapsulation_) {
    case WTAP_ENCAP_ETHERNET:
      pseudo.eth.fcs_len = -1;  // unknown
      break;
    case WTAP_ENCAP_IEEE_802_11:
    case WTAP_ENCAP_IEEE_802_11_PRISM:
    case WTAP_ENCAP_IEEE_802_11_RADIOTAP:
    case WTAP_ENCAP_IEEE_802_11_AVS:
      pseudo.ieee_802_11.fcs_len = -1;
      break;
    case WTAP_ENCAP_BLUETOOTH_H4_WITH_PHDR:
      pseudo.p2p.sent = (bytes[3] & 1U) == 0 ? TRUE : FALSE;
      break;
    case WTAP_ENCAP_BLUETOOTH_LINUX_MONITOR:
      pseudo.btmon.adapter_id = BigEndian16(bytes, 0);
      pseudo.btmon.opcode = BigEndian16(bytes, 2);
      break;
    case WTAP_ENCAP_PPP_WITH_PHDR:
      pseudo.p2p.sent = bytes[0] != 0 ? TRUE : FALSE;
      break;
    default:
      break;
  }
  bytes = bytes.subspan(own_header);
  return header;
}

}  // namespace espcap::live
