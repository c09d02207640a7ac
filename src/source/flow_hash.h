// SPDX-License-Identifier: GPL-2.0-or-later
//
// What keeps frames of one conversation together when work is spread: a hash of a frame's
// addresses, taken from its raw bytes. A pure function on hostile bytes, for any process and
// thread: no allocation, no libwireshark, a bounded number of headers.
#ifndef ESPCAP_SOURCE_FLOW_HASH_H_
#define ESPCAP_SOURCE_FLOW_HASH_H_

#include <array>
#include <compare>
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

// One end of a conversation: the address's two halves, then the port.
using FlowEnd = std::array<uint64_t, 3>;

// A conversation itself, where a hash of it won't do: the same for both directions.
struct Flow {
  uint64_t version = 0;   // of IP
  uint64_t protocol = 0;  // that IP carries
  FlowEnd lower{};        // its port is 0 where the protocol has none
  FlowEnd upper{};

  auto operator<=>(const Flow&) const = default;
};

// A datagram that was sent in fragments.
struct Datagram {
  uint64_t version = 0;
  uint64_t protocol = 0;
  uint64_t id = 0;
  FlowEnd source{};
  FlowEnd destination{};

  auto operator<=>(const Datagram&) const = default;
};

// What a frame says of its conversation.
struct FlowOfFrame {
  Flow flow;                         // without ports where it is a later fragment
  std::optional<Datagram> datagram;  // that it is a fragment of; of several, the innermost
  bool is_later_fragment = false;    // not the first: it has no header of what IP carries
};

// By the same addresses as FlowHash(). A first fragment is looked into as a whole datagram is.
std::optional<FlowOfFrame> FlowOf(int encapsulation, std::span<const uint8_t> captured);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_FLOW_HASH_H_
