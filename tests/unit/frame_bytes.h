// SPDX-License-Identifier: GPL-2.0-or-later
//
// Frames written by hand, and their hashes.
#ifndef ESPCAP_TESTS_UNIT_FRAME_BYTES_H_
#define ESPCAP_TESTS_UNIT_FRAME_BYTES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/flow_hash.h"
#include "source/wireshark_api.h"

namespace espcap::testing {

using source::FlowKey;

using Frame = std::vector<uint8_t>;
using Hash = std::optional<uint64_t>;

inline constexpr std::array kKeys = {FlowKey::kPair, FlowKey::kFlow};

inline Frame operator+(Frame one, const Frame& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

inline Frame Hex(std::string_view digits) {
  Frame bytes;
  std::string pair;
  for (const char digit : digits) {
    if (digit != ' ') pair += digit;
    if (pair.size() < 2) continue;
    bytes.push_back(static_cast<uint8_t>(std::stoi(pair, nullptr, 16)));
    pair.clear();
  }
  return bytes;
}

inline Frame Zeros(size_t count) { return Frame(count, 0); }

inline Frame Number(size_t number) {
  return {static_cast<uint8_t>(number >> 8U), static_cast<uint8_t>(number)};
}

// The bytes have an allocation of their own, so that a sanitizer sees every read beyond them.
inline Hash HashOf(FlowKey key, int encapsulation, const Frame& frame, size_t length) {
  const auto bytes = std::make_unique<uint8_t[]>(length);
  std::copy_n(frame.begin(), length, bytes.get());
  return source::FlowHash(key, encapsulation, {bytes.get(), length});
}
inline Hash HashOf(FlowKey key, int encapsulation, const Frame& frame) {
  return HashOf(key, encapsulation, frame, frame.size());
}
inline Hash HashOf(FlowKey key, const Frame& datagram) {
  return HashOf(key, WTAP_ENCAP_RAW_IP, datagram);
}

struct Addresses {
  Frame source;
  Frame destination;
};

inline Addresses Reversed(const Addresses& addresses) {
  return {addresses.destination, addresses.source};
}

inline const Addresses kClientAndServer = {Hex("C0000201"), Hex("C6336402")};
inline const Addresses kTunnelEnds = {Hex("0A000001"), Hex("0A000002")};
inline const Addresses kIpv6ClientAndServer = {Hex("20010DB8000000000000000000000001"),
                                               Hex("20010DB8000000000000000000000002")};

inline Frame Ipv4(uint8_t protocol, const Addresses& addresses, const Frame& payload,
                  uint16_t fragment = 0) {
  return Hex("4500") + Number(20 + payload.size()) + Hex("0001") + Number(fragment) + Hex("40") +
         Frame{protocol} + Hex("0000") + addresses.source + addresses.destination + payload;
}

inline Frame Ipv6(uint8_t next_header, const Addresses& addresses, const Frame& payload) {
  return Hex("60000000") + Number(payload.size()) + Frame{next_header} + Hex("40") +
         addresses.source + addresses.destination + payload;
}

inline Frame Udp(uint16_t source, uint16_t destination, const Frame& payload) {
  return Number(source) + Number(destination) + Number(8 + payload.size()) + Hex("0000") + payload;
}

inline Frame Ipv4Udp(const Addresses& addresses, uint16_t source, uint16_t destination) {
  return Ipv4(17, addresses, Udp(source, destination, Hex("0102030405060708")));
}

inline Frame Ipv6Tcp(const Addresses& addresses, uint16_t source, uint16_t destination) {
  return Ipv6(6, addresses, Number(source) + Number(destination) + Zeros(16));
}

inline bool IsIpv4(const Frame& datagram) { return datagram[0] >> 4U == 4; }
inline Frame EtherType(const Frame& datagram) { return Hex(IsIpv4(datagram) ? "0800" : "86DD"); }

inline const Frame kMacs = Hex("020000000001 020000000002");

inline Frame Ethernet(const Frame& datagram) { return kMacs + EtherType(datagram) + datagram; }

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_FRAME_BYTES_H_
