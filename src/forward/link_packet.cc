// SPDX-License-Identifier: GPL-2.0-or-later
#include "forward/link_packet.h"

#include "source/link_type.h"

namespace espcap::forward {

// By the descriptions of link types (tcpdump.org/linktypes.html). Numbers are in network byte
// order.
PseudoHeader::PseudoHeader(const wtap_packet_header& packet) {
  const wtap_pseudo_header& known = packet.pseudo_header;
  switch (packet.pkt_encap) {
    case WTAP_ENCAP_PPP_WITH_PHDR:
      Put8(known.p2p.sent != FALSE ? 1 : 0);
      break;
    case WTAP_ENCAP_BLUETOOTH_H4_WITH_PHDR:
      Put32(known.p2p.sent != FALSE ? 0 : 1);
      break;
    case WTAP_ENCAP_BLUETOOTH_LINUX_MONITOR:
      Put16(known.btmon.adapter_id);
      Put16(known.btmon.opcode);
      break;
    case WTAP_ENCAP_MTP2_WITH_PHDR:
      Put8(known.mtp2.sent);
      Put8(known.mtp2.annex_a_used);
      Put16(known.mtp2.link_number);
      break;
    case WTAP_ENCAP_NFC_LLCP:
      Put8(known.llcp.adapter);
      Put8(known.llcp.flags);
      break;
    case WTAP_ENCAP_I2C_LINUX:
      Put8(known.i2c.bus | (known.i2c.is_event != 0 ? 0x80U : 0U));
      Put32(known.i2c.flags);
      break;
    case WTAP_ENCAP_SITA:
      for (const uint8_t byte :
           {known.sita.sita_flags, known.sita.sita_signals, known.sita.sita_errors1,
            known.sita.sita_errors2, known.sita.sita_proto}) {
        Put8(byte);
      }
      break;
    default:
      break;
  }
}

bool PseudoHeader::IsKnown(int encapsulation) {
  switch (encapsulation) {
    case WTAP_ENCAP_PPP_WITH_PHDR:
    case WTAP_ENCAP_BLUETOOTH_H4_WITH_PHDR:
    case WTAP_ENCAP_BLUETOOTH_LINUX_MONITOR:
    case WTAP_ENCAP_MTP2_WITH_PHDR:
    case WTAP_ENCAP_NFC_LLCP:
    case WTAP_ENCAP_I2C_LINUX:
    case WTAP_ENCAP_SITA:
      return true;
    default:
      return !source::LosesPseudoHeader(encapsulation);
  }
}

void PseudoHeader::Put8(uint32_t value) { bytes_.at(size_++) = static_cast<uint8_t>(value); }

void PseudoHeader::Put16(uint32_t value) {
  Put8(value >> 8U);
  Put8(value);
}

void PseudoHeader::Put32(uint32_t value) {
  Put16(value >> 16U);
  Put16(value);
}

std::optional<uint16_t> LinkTypes::Of(int encapsulation) {
  const auto known = known_.find(encapsulation);
  if (known != known_.end()) return known->second;
  std::optional<uint16_t> link_type;
  if (PseudoHeader::IsKnown(encapsulation)) {
    if (const auto found = source::WrittenLinkTypeOf(encapsulation)) {
      link_type = static_cast<uint16_t>(*found);
    }
  }
  known_.emplace(encapsulation, link_type);
  return link_type;
}

}  // namespace espcap::forward
