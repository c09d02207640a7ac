// SPDX-License-Identifier: GPL-2.0-or-later
//
// The headers below and between IP headers, from a frame's first byte on. Pure functions on hostile
// bytes, for any process and thread: nothing outside a span is read, nothing is allocated, and a
// step takes constant time.
#ifndef ESPCAP_SOURCE_LINK_HEADERS_H_
#define ESPCAP_SOURCE_LINK_HEADERS_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace espcap::source {

using Bytes = std::span<const uint8_t>;

// What is at a place in a frame.
enum class Layer : uint8_t {
  kNothing,  // cut off, or no known way to IP
  kEthernet,
  kEtherType,  // what an Ethernet type, or an 802.3 length, announces
  kLlc,
  kPpp,  // with or without address and control
  kPppoe,
  kMpls,
  kPseudowire,  // Ethernet over MPLS, with or without a control word
  kGre,
  kErspan2,  // a mirrored Ethernet frame and its ERSPAN header
  kErspan3,
  kVxlan,
  kVxlanGpe,  // with a protocol number in place of always Ethernet
  kGeneve,
  kRadiotap,
  kIeee80211,
  kIp,          // 4 or 6, by its own version: libwireshark too doesn't go by who announced it
  kIpProtocol,  // what an IP protocol number, or a next header, announces
};

struct Place {
  Layer layer = Layer::kNothing;
  uint16_t type = 0;  // of kEtherType and kIpProtocol
  Bytes bytes = {};
};

// Where a frame of a wiretap encapsulation (WTAP_ENCAP_*) begins. Those that lead to no IP address
// here begin with kNothing.
Place FirstHeader(int encapsulation, Bytes frame);

// What the header at `place` carries: kNothing where it is cut off or unknown, and
// behind IP, which is not this part's.
Place NextHeader(const Place& place);

// Numbers in network order. REQUIRES: the bytes are there.
inline uint16_t Uint16(Bytes bytes, size_t offset) {
  return static_cast<uint16_t>(bytes[offset] << 8U | bytes[offset + 1]);
}
inline uint32_t Uint32(Bytes bytes, size_t offset) {
  return uint32_t{Uint16(bytes, offset)} << 16U | Uint16(bytes, offset + 2);
}
inline uint64_t Uint64(Bytes bytes, size_t offset) {
  return uint64_t{Uint32(bytes, offset)} << 32U | Uint32(bytes, offset + 4);
}

// `layer`, `length` bytes further on; kNothing where no byte is left.
inline Place Behind(Bytes bytes, size_t length, Layer layer, uint16_t type = 0) {
  if (length >= bytes.size()) return {};
  return {layer, type, bytes.subspan(length)};
}

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_LINK_HEADERS_H_
