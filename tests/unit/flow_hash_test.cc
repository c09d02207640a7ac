// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/flow_hash.h"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <random>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "../support/random_seed.h"
#include "frame_bytes.h"

namespace espcap::source {
namespace {

using namespace espcap::testing;

TEST(FlowHash, OfAPairLeavesPortsAside) {
  const Hash pair = HashOf(FlowKey::kPair, Ipv4Udp(kClientAndServer, 1000, 2000));
  EXPECT_EQ(HashOf(FlowKey::kPair, Ipv4Udp(kClientAndServer, 1000, 2001)), pair);
  EXPECT_EQ(HashOf(FlowKey::kPair, Ipv4(1, kClientAndServer, Hex("0800000000010001"))), pair);
}

TEST(FlowHash, OfAFlowHasBothPortsAndTheProtocol) {
  std::set<Hash> hashes;
  size_t flows = 0;
  for (const uint8_t protocol : Hex("06 11 21 84 88")) {
    const auto hash = [protocol](const Addresses& addresses, uint16_t source,
                                 uint16_t destination) {
      return HashOf(FlowKey::kFlow, Ipv4(protocol, addresses, Udp(source, destination, Zeros(20))));
    };
    // The ports belong to their addresses: these are four flows.
    for (const auto& [source, destination] : std::initializer_list<std::pair<uint16_t, uint16_t>>{
             {1000, 2000}, {2000, 1000}, {1000, 2001}, {1001, 2000}}) {
      const Hash there = hash(kClientAndServer, source, destination);
      EXPECT_EQ(hash(Reversed(kClientAndServer), destination, source), there);
      hashes.insert(there);
      ++flows;
    }
    const Addresses self = {kClientAndServer.source, kClientAndServer.source};
    EXPECT_EQ(hash(self, 1000, 2000), hash(self, 2000, 1000));
  }
  EXPECT_EQ(hashes.size(), flows);
}

// Also those of tunnels: only a first fragment has the headers inside.
TEST(FlowHash, OfEveryFragmentIsOfTheFragmentedDatagramsPair) {
  constexpr uint16_t kMore = 0x2000;
  const Frame inner = Ipv4Udp(kClientAndServer, 1000, 2000);
  for (const FlowKey key : kKeys) {
    const Hash pair = HashOf(key, Ipv4(59, kTunnelEnds, {}));
    for (const uint16_t fragment : {kMore, uint16_t{kMore + 185}, uint16_t{185}}) {
      EXPECT_EQ(HashOf(key, Ipv4(4, kTunnelEnds, inner, fragment)), pair);
      EXPECT_EQ(HashOf(key, Ipv4(17, kTunnelEnds, Udp(1000, 2000, {}), fragment)), pair);
    }
    const Hash ipv6_pair = HashOf(key, Ipv6(59, kIpv6ClientAndServer, {}));
    for (const std::string_view offset_and_more : {"0001", "0551", "0550"}) {
      const Frame header = Hex("11 00") + Hex(offset_and_more) + Hex("00000001");
      EXPECT_EQ(HashOf(key, Ipv6(44, kIpv6ClientAndServer, header + Udp(1000, 2000, {}))),
                ipv6_pair);
    }
  }
}

TEST(FlowHash, LooksBehindIpv6ExtensionHeaders) {
  constexpr std::string_view kHopByHop = "3C00 010400000000";
  constexpr std::string_view kDestination = "2B01 010C000000000000000000000000";
  constexpr std::string_view kRouting = "2C00 000000000000";
  constexpr std::string_view kWholeInOneFragment = "1100 0006 00000001";
  const Frame udp = Udp(1000, 2000, Zeros(8));
  EXPECT_EQ(HashOf(FlowKey::kFlow, Ipv6(0, kIpv6ClientAndServer,
                                        Hex(kHopByHop) + Hex(kDestination) + Hex(kRouting) +
                                            Hex(kWholeInOneFragment) + udp)),
            HashOf(FlowKey::kFlow, Ipv6(17, kIpv6ClientAndServer, udp)));
}

TEST(FlowHash, LeavesTheDatagramThatAnIcmpErrorQuotesAlone) {
  const Frame quoted = Ipv4Udp(kClientAndServer, 1000, 2000);
  const Frame error = Ipv4(1, kTunnelEnds, Hex("0303000000000000") + quoted);
  EXPECT_EQ(HashOf(FlowKey::kFlow, error), HashOf(FlowKey::kFlow, Ipv4(59, kTunnelEnds, {})));
}

TEST(FlowHash, OfATunnelWithoutIpInsideIsTheTunnels) {
  const Frame arp = kMacs + Hex("0806 0001080006040001") + Zeros(20);
  const Frame tunnelled =
      Ethernet(Ipv4(17, kTunnelEnds, Udp(50000, 4789, Hex("0800000000000100") + arp)));
  EXPECT_EQ(HashOf(FlowKey::kPair, WTAP_ENCAP_ETHERNET, tunnelled),
            HashOf(FlowKey::kPair, Ipv4(59, kTunnelEnds, {})));
}

// A card leaves a datagram's length at 0 where it was to cut it up; a trailer is none of its bytes.
TEST(FlowHash, GoesByTheDatagramsLength) {
  Frame datagram = Ipv4Udp(kClientAndServer, 1000, 2000);
  const Hash flow = HashOf(FlowKey::kFlow, datagram);
  datagram[2] = datagram[3] = 0;
  EXPECT_EQ(HashOf(FlowKey::kFlow, datagram), flow);
  const Hash pair = HashOf(FlowKey::kPair, datagram);
  EXPECT_EQ(HashOf(FlowKey::kFlow, Ipv4(17, kClientAndServer, {}) + Udp(1000, 2000, {})), pair);
  Frame ipv6 = Ipv6Tcp(kIpv6ClientAndServer, 1000, 2000);
  const Hash ipv6_flow = HashOf(FlowKey::kFlow, ipv6);
  ipv6[4] = ipv6[5] = 0;
  EXPECT_EQ(HashOf(FlowKey::kFlow, ipv6), ipv6_flow);
}

// The largest and the smallest part of n are so close as chance has them: each is expected to hold
// count / n, give or take five standard deviations.
void ExpectEven(const std::vector<uint64_t>& hashes) {
  for (const size_t parts : {2, 3, 4, 5, 8, 16, 64}) {
    std::vector<int> sizes(parts);
    for (const uint64_t hash : hashes) ++sizes[hash % parts];
    const double expected = static_cast<double>(hashes.size()) / static_cast<double>(parts);
    for (const int size : sizes) EXPECT_NEAR(size, expected, 5 * std::sqrt(expected)) << parts;
  }
}

TEST(FlowHash, SpreadsEvenly) {
  std::mt19937 random(espcap::testing::RandomSeed(20240117));
  std::vector<uint64_t> of_random;
  std::vector<uint64_t> of_neighbours;
  std::vector<uint64_t> of_ports;
  for (int i = 0; i < 10000; ++i) {
    Addresses addresses;
    for (int byte = 0; byte < 4; ++byte) {
      addresses.source.push_back(static_cast<uint8_t>(random()));
      addresses.destination.push_back(static_cast<uint8_t>(random()));
    }
    of_random.push_back(HashOf(FlowKey::kPair, Ipv4Udp(addresses, 1, 2)).value_or(0));
    addresses = {Hex("0A0000") + Frame{static_cast<uint8_t>(i / 100)},
                 Hex("0A0001") + Frame{static_cast<uint8_t>(i % 100)}};
    of_neighbours.push_back(HashOf(FlowKey::kPair, Ipv4Udp(addresses, 1, 2)).value_or(0));
    const Frame flow = Ipv4Udp(kClientAndServer, static_cast<uint16_t>(40000 + i), 53);
    of_ports.push_back(HashOf(FlowKey::kFlow, flow).value_or(0));
  }
  for (const auto& hashes : {of_random, of_neighbours, of_ports}) {
    EXPECT_EQ(std::set<uint64_t>(hashes.begin(), hashes.end()).size(), hashes.size());
    ExpectEven(hashes);
  }
}

}  // namespace
}  // namespace espcap::source
