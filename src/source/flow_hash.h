// SPDX-License-Identifier: GPL-2.0-or-later
//
// What keeps frames of one conversation together when work is spread: a hash of a frame's
// addresses, taken from its raw bytes. A pure function on hostile bytes, for any process and
// thread: no allocation, no libwireshark, a bounded number of headers.
#ifndef ESPCAP_SOURCE_FLOW_HASH_H_
#define ESPCAP_SOURCE_FLOW_HASH_H_

#include <cstdint>
#include <optional>
#include <span>

namespace espcap::source {

enum class FlowKey : uint8_t {
  kPair,  // the unordered pair of addresses: flows that set one another up stay together
  kFlow   // with the protocol and the ports of TCP, UDP, UDP-Lite, SCTP and DCCP
};

// The same for both directions, the same in every process, and even in all its bits (`% n` spreads
// well). None for a frame that leads to no IP address: of another protocol, of another
// encapsulation, damaged or cut off.
//
// The innermost addresses count that are reached through VLAN tags, MPLS, PPP(oE), GRE, ERSPAN,
// VXLAN, Geneve, IP in IP, IPv6's extension headers and AH. Where the way inside ends early, the
// addresses met last count: so do a tunnel's own for ARP inside, or for an inner header that the
// capture cut off. An ICMP error's quoted datagram is never looked at.
//
// Fragments go by the pair of the datagram that is fragmented, the first one too, and so never by
// what they carry. So a tunnel's fragments go by the tunnel's ends, and with kFlow a
// fragmented datagram may be parted from the whole ones of its flow.
//
// `encapsulation` is the frame's own WTAP_ENCAP_*, `captured` its captured bytes.
std::optional<uint64_t> FlowHash(FlowKey key, int encapsulation, std::span<const uint8_t> captured);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_FLOW_HASH_H_
