// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/flow_hash.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "source/link_headers.h"

namespace espcap::source {
namespace {

// A frame in a provider's network has a dozen: two Ethernet headers, tags, labels, a tunnel.
constexpr int kMaxHeaders = 32;

constexpr size_t kIpv4Bytes = 20;
constexpr size_t kIpv6Bytes = 40;

enum IpProtocol : uint16_t {
  kHopByHopOptions = 0,
  kIpv4InIp = 4,
  kTcp = 6,
  kUdp = 17,
  kDccp = 33,
  kIpv6InIp = 41,
  kIpv6Routing = 43,
  kIpv6Fragment = 44,
  kGreInIp = 47,
  kAuthenticationHeader = 51,
  kDestinationOptions = 60,
  kSctp = 132,
  kUdpLite = 136,
  kMplsInIp = 137,
  kEthernetInIp = 143,
};

Layer LayerOfUdpPort(uint16_t port) {
  switch (port) {
    case 4754:
      return Layer::kGre;
    case 4789:
      return Layer::kVxlan;
    case 4790:
      return Layer::kVxlanGpe;
    case 6081:
      return Layer::kGeneve;
    case 6635:
      return Layer::kMpls;
    default:
      return Layer::kNothing;
  }
}

// One end of a conversation: the address's two halves, then the port.
using End = std::array<uint64_t, 3>;
constexpr size_t kPort = 2;

// Every bit of the sum decides on every bit of the result (the finalizer of SplitMix64).
uint64_t Mix(uint64_t hash, uint64_t word) {
  uint64_t mixed = (hash ^ word) + 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ mixed >> 30U) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ mixed >> 27U) * 0x94D049BB133111EBU;
  return mixed ^ mixed >> 31U;
}

class FlowWalk {
 public:
  explicit FlowWalk(FlowKey key) : key_(key) {}

  std::optional<uint64_t> Follow(Place place) {
    for (int headers = 0; headers < kMaxHeaders && place.layer != Layer::kNothing; ++headers) {
      place = Next(place);
    }
    return hash_;
  }

 private:
  Place Next(const Place& place) {
    switch (place.layer) {
      case Layer::kIp:
        return AfterIp(place.bytes);
      case Layer::kIpProtocol:
        return AfterIpProtocol(place.type, place.bytes);
      default:
        return NextHeader(place);
    }
  }

  Place AfterIp(Bytes bytes) {
    switch (bytes.empty() ? 0 : bytes[0] >> 4U) {
      case 4:
        return AfterIpv4(bytes);
      case 6:
        return AfterIpv6(bytes);
      default:
        return {};
    }
  }

  Place AfterIpv4(Bytes bytes) {
    constexpr uint16_t kMoreFragmentsOrOffset = 0x3FFF;
    if (bytes.size() < kIpv4Bytes) return {};
    const size_t header_bytes = size_t{4} * (bytes[0] & 0x0FU);
    // 0 is a datagram that the network card was to cut up.
    const size_t total_bytes = Uint16(bytes, 2);
    if (header_bytes < kIpv4Bytes || (total_bytes != 0 && total_bytes < header_bytes)) return {};
    SetPair(4, {0, Uint32(bytes, 12), 0}, {0, Uint32(bytes, 16), 0});
    if ((Uint16(bytes, 6) & kMoreFragmentsOrOffset) != 0) return {};
    const uint16_t protocol = bytes[9];
    if (total_bytes != 0) bytes = bytes.first(std::min(bytes.size(), total_bytes));
    return Behind(bytes, header_bytes, Layer::kIpProtocol, protocol);
  }

  Place AfterIpv6(Bytes bytes) {
    if (bytes.size() < kIpv6Bytes) return {};
    SetPair(6, {Uint64(bytes, 8), Uint64(bytes, 16), 0}, {Uint64(bytes, 24), Uint64(bytes, 32), 0});
    const uint16_t next_header = bytes[6];
    // 0 is a jumbogram, or one that the network card was to cut up.
    const size_t payload_bytes = Uint16(bytes, 4);
    if (payload_bytes != 0) bytes = bytes.first(std::min(bytes.size(), kIpv6Bytes + payload_bytes));
    return Behind(bytes, kIpv6Bytes, Layer::kIpProtocol, next_header);
  }

  Place AfterIpProtocol(uint16_t protocol, Bytes bytes) {
    switch (protocol) {
      case kHopByHopOptions:
      case kIpv6Routing:
      case kDestinationOptions:
        return AfterExtension(bytes, 8, 8);
      case kAuthenticationHeader:
        return AfterExtension(bytes, 8, 4);
      case kIpv6Fragment:
        return AfterFragmentHeader(bytes);
      case kTcp:
      case kDccp:
      case kSctp:
      case kUdpLite:
        SetFlow(protocol, bytes);
        return {};
      case kUdp:
        SetFlow(protocol, bytes);
        return AfterUdp(bytes);
      case kIpv4InIp:
      case kIpv6InIp:
        return {Layer::kIp, 0, bytes};
      case kGreInIp:
        return {Layer::kGre, 0, bytes};
      case kMplsInIp:
        return {Layer::kMpls, 0, bytes};
      case kEthernetInIp:
        return {Layer::kEthernet, 0, bytes};
      default:
        return {};
    }
  }

  // An extension header: the next header's number, then its own length beyond `base` in `unit`s.
  static Place AfterExtension(Bytes bytes, size_t base, size_t unit) {
    if (bytes.size() < 2) return {};
    return Behind(bytes, base + unit * bytes[1], Layer::kIpProtocol, bytes[0]);
  }

  static Place AfterFragmentHeader(Bytes bytes) {
    constexpr uint16_t kMoreFragmentsOrOffset = 0xFFF9;
    if (bytes.size() < 8) return {};
    // One that is first and last at once is whole (RFC 6946).
    if ((Uint16(bytes, 2) & kMoreFragmentsOrOffset) != 0) return {};
    return Behind(bytes, 8, Layer::kIpProtocol, bytes[0]);
  }

  static Place AfterUdp(Bytes bytes) {
    if (bytes.size() < 4) return {};
    // Tunnels are sent to the port; either port treats both directions alike.
    for (const uint16_t port : {Uint16(bytes, 0), Uint16(bytes, 2)}) {
      const Layer layer = LayerOfUdpPort(port);
      if (layer != Layer::kNothing) return Behind(bytes, 8, layer);
    }
    return {};
  }

  void SetPair(uint64_t version, const End& source, const End& destination) {
    version_ = version;
    source_ = source;
    destination_ = destination;
    SetHash(0);
  }

  void SetFlow(uint16_t protocol, Bytes bytes) {
    if (key_ != FlowKey::kFlow || bytes.size() < 4) return;
    source_[kPort] = Uint16(bytes, 0);
    destination_[kPort] = Uint16(bytes, 2);
    SetHash(protocol);
  }

  void SetHash(uint64_t protocol) {
    const auto& [lower, upper] = std::minmax(source_, destination_);
    uint64_t hash = Mix(Mix(0, version_), protocol);
    for (const uint64_t word : lower) hash = Mix(hash, word);
    for (const uint64_t word : upper) hash = Mix(hash, word);
    hash_ = hash;
  }

  FlowKey key_;
  std::optional<uint64_t> hash_;
  uint64_t version_ = 0;  // of the IP header met last, and its ends
  End source_{};
  End destination_{};
};

}  // namespace

std::optional<uint64_t> FlowHash(FlowKey key, int encapsulation,
                                 std::span<const uint8_t> captured) {
  return FlowWalk(key).Follow(FirstHeader(encapsulation, captured));
}

}  // namespace espcap::source
