// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/conversations.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "frame_bytes.h"

namespace espcap::retrieve {
namespace {

using namespace espcap::testing;
using source::FlowOfFrame;

constexpr uint16_t kMore = 0x2000;

FlowOfFrame FlowOf(const Frame& datagram) {
  const auto found = source::FlowOf(WTAP_ENCAP_RAW_IP, datagram);
  EXPECT_TRUE(found);
  return found.value_or(FlowOfFrame());
}

const Frame kUdp = Ipv4Udp(kClientAndServer, 1000, 53);

Frame FragmentOf(uint8_t protocol, const Addresses& addresses, uint16_t fragment,
                 const Frame& payload = Udp(1000, 53, Zeros(8))) {
  return Ipv4(protocol, addresses, payload, fragment);
}

Frame Ipv6Fragment(std::string_view offset_and_more, std::string_view id) {
  return Ipv6(44, kIpv6ClientAndServer,
              Hex("1100") + Hex(offset_and_more) + Hex(id) + Udp(1000, 53, Zeros(8)));
}

TEST(Conversations, AreBetweenTheSameAddressesAndPorts) {
  struct Case {
    const char* what;
    Frame hit;
    Frame frame;
    bool belongs;
  };
  const Frame icmp = Ipv4(1, kClientAndServer, Hex("0800000000010001"));
  const std::vector<Case> cases = {
      {"itself", kUdp, kUdp, true},
      {"the other direction", kUdp, Ipv4Udp(Reversed(kClientAndServer), 53, 1000), true},
      {"the ports the other way round", kUdp, Ipv4Udp(kClientAndServer, 53, 1000), false},
      {"another port", kUdp, Ipv4Udp(kClientAndServer, 1001, 53), false},
      {"other addresses", kUdp, Ipv4Udp(kTunnelEnds, 1000, 53), false},
      {"another protocol", kUdp, Ipv4(6, kClientAndServer, Udp(1000, 53, Zeros(20))), false},
      {"no ports", kUdp, icmp, false},
      {"ICMP", icmp, Ipv4(1, Reversed(kClientAndServer), Hex("0000000000010001")), true},
      {"another protocol without ports", icmp, Ipv4(50, kClientAndServer, Zeros(16)), false},
      {"IPv6", Ipv6Tcp(kIpv6ClientAndServer, 1000, 80),
       Ipv6Tcp(Reversed(kIpv6ClientAndServer), 80, 1000), true},
      {"in a tunnel", Ipv4(4, kTunnelEnds, kUdp), kUdp, true},
      {"the first fragment", kUdp, FragmentOf(17, kClientAndServer, kMore), true},
      {"another's first fragment", kUdp,
       FragmentOf(17, kClientAndServer, kMore, Udp(1001, 53, Zeros(8))), false},
      {"a later fragment without its first", kUdp, FragmentOf(17, kClientAndServer, 100), false},
      {"of a first fragment", FragmentOf(17, kClientAndServer, kMore), kUdp, true},
      {"of a later fragment: its datagram", FragmentOf(17, kClientAndServer, 100),
       FragmentOf(17, kClientAndServer, kMore), true},
      {"of a later fragment: no more", FragmentOf(17, kClientAndServer, 100), kUdp, false},
      {"an IPv6 first fragment", Ipv6(17, kIpv6ClientAndServer, Udp(1000, 53, Zeros(8))),
       Ipv6Fragment("0001", "00000001"), true},
      {"another IPv6 datagram", Ipv6Fragment("0551", "00000001"), Ipv6Fragment("0551", "00000002"),
       false},
  };
  for (const Case& c : cases) {
    Conversations conversations;
    conversations.AddHit(FlowOf(c.hit));
    EXPECT_EQ(conversations.Contains(FlowOf(c.frame)), c.belongs) << c.what;
  }
}

TEST(Conversations, LaterFragmentsGoWithTheFirst) {
  Conversations conversations;
  conversations.AddHit(FlowOf(kUdp));
  const FlowOfFrame later = FlowOf(FragmentOf(17, kClientAndServer, kMore + 100));
  const FlowOfFrame first = FlowOf(FragmentOf(17, kClientAndServer, kMore));
  const FlowOfFrame other = FlowOf(FragmentOf(17, kClientAndServer, kMore, Udp(7, 8, Zeros(8))));
  EXPECT_FALSE(conversations.Contains(later)) << "its first one hasn't come";
  EXPECT_TRUE(conversations.Contains(first));
  EXPECT_TRUE(conversations.Contains(later));
  EXPECT_FALSE(conversations.Contains(FlowOf(FragmentOf(6, kClientAndServer, 100))));
  EXPECT_FALSE(conversations.Contains(FlowOf(FragmentOf(17, Reversed(kClientAndServer), 100))));
  // The number is another datagram's now.
  EXPECT_FALSE(conversations.Contains(other));
  EXPECT_FALSE(conversations.Contains(later));
}

TEST(Conversations, HaveABound) {
  Conversations conversations;
  FlowOfFrame frame = FlowOf(kUdp);
  for (size_t i = 0; i < Conversations::kMost; ++i) {
    frame.flow.lower[2] = i;
    conversations.AddHit(frame);
  }
  EXPECT_FALSE(conversations.is_cut());
  conversations.AddHit(frame);
  EXPECT_FALSE(conversations.is_cut()) << "it is known";
  frame.flow.lower[2] = Conversations::kMost;
  conversations.AddHit(frame);
  EXPECT_TRUE(conversations.is_cut());
  EXPECT_FALSE(conversations.Contains(frame));
}

TEST(Conversations, AwaitFragmentsOfSomeDatagrams) {
  Conversations conversations;
  conversations.AddHit(FlowOf(kUdp));
  FlowOfFrame first = FlowOf(FragmentOf(17, kClientAndServer, kMore));
  FlowOfFrame later = FlowOf(FragmentOf(17, kClientAndServer, 100));
  for (size_t i = 0; i <= Conversations::kMostDatagrams; ++i) {
    first.datagram->id = i;
    EXPECT_TRUE(conversations.Contains(first));
  }
  later.datagram->id = 0;
  EXPECT_FALSE(conversations.Contains(later)) << "the oldest";
  later.datagram->id = 1;
  EXPECT_TRUE(conversations.Contains(later));
}

}  // namespace
}  // namespace espcap::retrieve
