// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/flow_hash.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "source/link_headers.h"
#include "source/wireshark_api.h"

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
    case 8472:  // Linux's own
      return wireshark::kVxlanHasLinuxPort ? Layer::kVxlan : Layer::kNothing;
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
  enum class Depth : uint8_t {
    kPair,
    kFlow,
    kConversation  // and into the first fragment, with every protocol that IP carries
  };

  explicit FlowWalk(Depth depth) : depth_(depth) {}

  // None: there is no address.
  std::optional<FlowOfFrame> Follow(Place place) {
    for (int headers = 0; headers < kMaxHeaders && place.layer != Layer::kNothing; ++headers) {
      place = Next(place);
    }
    if (found_.flow.version == 0) return std::nullopt;
    std::tie(found_.flow.lower, found_.flow.upper) = std::minmax(source_, destination_);
    return found_;
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
    constexpr uint16_t kOffset = 0x1FFF;
    if (bytes.size() < kIpv4Bytes) return {};
    const size_t header_bytes = size_t{4} * (bytes[0] & 0x0FU);
    // 0 is a datagram that the network card was to cut up.
    const size_t total_bytes = Uint16(bytes, 2);
    if (header_bytes < kIpv4Bytes || (total_bytes != 0 && total_bytes < header_bytes)) return {};
    SetPair(4, {0, Uint32(bytes, 12), 0}, {0, Uint32(bytes, 16), 0});
    const uint16_t protocol = bytes[9];
    const uint32_t fragment = uint32_t{Uint16(bytes, 6)} & kMoreFragmentsOrOffset;
    if (fragment != 0 && !LooksInto(protocol, Uint16(bytes, 4), (fragment & kOffset) != 0)) {
      return {};
    }
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
    if (depth_ == Depth::kConversation) found_.flow.protocol = protocol;
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

  Place AfterFragmentHeader(Bytes bytes) {
    constexpr uint16_t kMoreFragmentsOrOffset = 0xFFF9;
    constexpr uint16_t kOffset = 0xFFF8;
    if (bytes.size() < 8) return {};
    // One that is first and last at once is whole (RFC 6946).
    const uint32_t fragment = uint32_t{Uint16(bytes, 2)} & kMoreFragmentsOrOffset;
    if (fragment != 0 && !LooksInto(bytes[0], Uint32(bytes, 4), (fragment & kOffset) != 0)) {
      return {};
    }
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

  // Of a fragment: whether it is looked into.
  bool LooksInto(uint16_t protocol, uint32_t id, bool is_later) {
    if (depth_ != Depth::kConversation) return false;
    found_.flow.protocol = protocol;
    found_.datagram = Datagram{found_.flow.version, protocol, id, source_, destination_};
    found_.is_later_fragment = is_later;
    return !is_later;
  }

  void SetPair(uint64_t version, const FlowEnd& source, const FlowEnd& destination) {
    found_.flow.version = version;
    found_.flow.protocol = 0;
    source_ = source;
    destination_ = destination;
  }

  void SetFlow(uint16_t protocol, Bytes bytes) {
    if (depth_ == Depth::kPair || bytes.size() < 4) return;
    source_[kPort] = Uint16(bytes, 0);
    destination_[kPort] = Uint16(bytes, 2);
    found_.flow.protocol = protocol;
  }

  Depth depth_;
  FlowOfFrame found_;  // its flow's version: of the IP header met last; 0: none
  FlowEnd source_{};   // of that header, too
  FlowEnd destination_{};
};

uint64_t HashOf(const Flow& flow) {
  uint64_t hash = Mix(Mix(0, flow.version), flow.protocol);
  for (const uint64_t word : flow.lower) hash = Mix(hash, word);
  for (const uint64_t word : flow.upper) hash = Mix(hash, word);
  return hash;
}

}  // namespace

std::optional<uint64_t> FlowHash(FlowKey key, int encapsulation,
                                 std::span<const uint8_t> captured) {
  const auto depth = key == FlowKey::kFlow ? FlowWalk::Depth::kFlow : FlowWalk::Depth::kPair;
  const auto found = FlowWalk(depth).Follow(FirstHeader(encapsulation, captured));
  return found ? std::optional(HashOf(found->flow)) : std::nullopt;
}

std::optional<FlowOfFrame> FlowOf(int encapsulation, std::span<const uint8_t> captured) {
  return FlowWalk(FlowWalk::Depth::kConversation).Follow(FirstHeader(encapsulation, captured));
}

}  // namespace espcap::source
