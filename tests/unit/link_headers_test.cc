// SPDX-License-Identifier: GPL-2.0-or-later
//
// Seen by the hash of what the headers lead to.
#include "source/link_headers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "../support/random_seed.h"
#include "frame_bytes.h"

namespace espcap::source {
namespace {

using namespace espcap::testing;

Frame PppProtocol(const Frame& datagram) { return Hex(IsIpv4(datagram) ? "0021" : "0057"); }
uint8_t ProtocolOf(const Frame& datagram) { return IsIpv4(datagram) ? 4 : 41; }

// A datagram on its way.
struct Way {
  std::string_view name;
  int encapsulation;
  std::function<Frame(const Frame& datagram)> around;
};

const Way kLinks[] = {
    {"raw 4 or 6", WTAP_ENCAP_RAW_IP4, [](const Frame& ip) { return ip; }},
    {"ethernet", WTAP_ENCAP_ETHERNET, Ethernet},
    {"vlan", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("8100 0005") + EtherType(ip) + ip; }},
    {"802.1ad", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("88A8 0005 8100 0006") + EtherType(ip) + ip; }},
    {"old qinq", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("9200 0005 9100 0006") + EtherType(ip) + ip; }},
    {"802.1ah", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("88E7 00000005") + Ethernet(ip); }},
    {"snap", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("0100 AAAA03000000") + EtherType(ip) + ip; }},
    {"llc", WTAP_ENCAP_ETHERNET, [](const Frame& ip) { return kMacs + Hex("0100 060603") + ip; }},
    {"pppoe", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("8864 1100 0001 0100") + PppProtocol(ip) + ip; }},
    {"mpls", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("8847 00010140") + ip; }},
    {"mpls stack", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("8848 00010040 00020040 00030140") + ip; }},
    {"pseudowire", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("8847 00010140 00000007") + Ethernet(ip); }},
    {"pseudowire without control word", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return kMacs + Hex("8847 00010140") + Ethernet(ip); }},
    {"ppp", WTAP_ENCAP_PPP, [](const Frame& ip) { return PppProtocol(ip) + ip; }},
    {"ppp in hdlc", WTAP_ENCAP_PPP_WITH_PHDR,
     [](const Frame& ip) { return Hex("FF03") + PppProtocol(ip) + ip; }},
    {"compressed ppp", WTAP_ENCAP_PPP, [](const Frame& ip) { return Hex("21") + ip; }},
    {"mpls in ppp", WTAP_ENCAP_PPP, [](const Frame& ip) { return Hex("0281 00010140") + ip; }},
    {"pppoe alone", WTAP_ENCAP_PPP_ETHER,
     [](const Frame& ip) { return Hex("1100 0001 0100") + PppProtocol(ip) + ip; }},
    {"cooked", WTAP_ENCAP_SLL,
     [](const Frame& ip) { return Hex("0000 0001 0006 0200000000010000") + EtherType(ip) + ip; }},
    {"cooked 2", WTAP_ENCAP_SLL2, [](const Frame& ip) { return EtherType(ip) + Zeros(18) + ip; }},
    {"null", WTAP_ENCAP_NULL,
     [](const Frame& ip) { return Hex(IsIpv4(ip) ? "02000000" : "1E000000") + ip; }},
    {"null, big-endian", WTAP_ENCAP_NULL,
     [](const Frame& ip) { return Hex(IsIpv4(ip) ? "00000002" : "0000001C") + ip; }},
    {"loop", WTAP_ENCAP_LOOP,
     [](const Frame& ip) { return Hex(IsIpv4(ip) ? "00000002" : "00000018") + ip; }},
    {"cisco hdlc", WTAP_ENCAP_CHDLC,
     [](const Frame& ip) { return Hex("0F00") + EtherType(ip) + ip; }},
    {"fddi", WTAP_ENCAP_FDDI,
     [](const Frame& ip) { return Hex("50") + kMacs + Hex("AAAA03000000") + EtherType(ip) + ip; }},
    {"802.11", WTAP_ENCAP_IEEE_802_11,
     [](const Frame& ip) {
       return Hex("0801") + Zeros(22) + Hex("AAAA03000000") + EtherType(ip) + ip;
     }},
    {"802.11 with every header", WTAP_ENCAP_IEEE_802_11_RADIOTAP,
     [](const Frame& ip) {
       return Hex("0000 0C00 00000000 00000000") + Hex("8883") + Zeros(22 + 6 + 2 + 4) +
              Hex("AAAA03000000") + EtherType(ip) + ip;
     }},
};

Frame Gre(std::string_view header, const Frame& payload) {
  return Ethernet(Ipv4(47, kTunnelEnds, Hex(header) + payload));
}
Frame OverUdp(uint16_t port, std::string_view header, const Frame& payload) {
  return Ethernet(Ipv4(17, kTunnelEnds, Udp(50000, port, Hex(header) + payload)));
}

// All between kTunnelEnds, in Ethernet.
const Way kTunnels[] = {
    {"ip in ip", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return Ethernet(Ipv4(ProtocolOf(ip), kTunnelEnds, ip)); }},
    {"ah", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) {
       return Ethernet(Ipv4(51, kTunnelEnds, Frame{ProtocolOf(ip)} + Hex("04") + Zeros(22) + ip));
     }},
    {"mpls in ip", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return Ethernet(Ipv4(137, kTunnelEnds, Hex("00010140") + ip)); }},
    {"ethernet in ip", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return Ethernet(Ipv4(143, kTunnelEnds, Ethernet(ip))); }},
    {"gre", WTAP_ENCAP_ETHERNET, [](const Frame& ip) { return Gre("0000", EtherType(ip) + ip); }},
    {"gre with checksum, key and sequence", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return Gre("B000", EtherType(ip) + Zeros(12) + ip); }},
    {"ethernet in gre", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return Gre("2000 6558 00000001", Ethernet(ip)); }},
    {"pptp", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) {
       return Gre("3081 880B 00000001 00000002 00000003", PppProtocol(ip) + ip);
     }},
    {"erspan 1", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return Gre("0000 88BE", Ethernet(ip)); }},
    {"erspan 2", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return Gre("1000 88BE 00000001 1001000000000000", Ethernet(ip)); }},
    {"erspan 3", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) {
       return Gre("1000 22EB 00000001 200100000000000000000000", Ethernet(ip));
     }},
    {"erspan 3 with a subheader", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) {
       return Gre("1000 22EB 00000001 200100000000000000000001 0000000000000000", Ethernet(ip));
     }},
    {"gre over udp", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return OverUdp(4754, "0000", EtherType(ip) + ip); }},
    {"mpls over udp", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return OverUdp(6635, "00010140", ip); }},
    {"vxlan", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return OverUdp(4789, "0800000000000100", Ethernet(ip)); }},
    {"vxlan gpe", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) { return OverUdp(4790, "0C00000300000100", Ethernet(ip)); }},
    {"ip in vxlan gpe", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) {
       return OverUdp(4790, IsIpv4(ip) ? "0C00000100000100" : "0C00000200000100", ip);
     }},
    {"geneve with an option", WTAP_ENCAP_ETHERNET,
     [](const Frame& ip) {
       return OverUdp(6081, "0200655800000100 0000000100000000", Ethernet(ip));
     }},
};

std::vector<Way> AllWays() {
  std::vector<Way> ways(std::begin(kLinks), std::end(kLinks));
  ways.insert(ways.end(), std::begin(kTunnels), std::end(kTunnels));
  return ways;
}

TEST(LinkHeaders, IsOfTheInnermostAddressesWhateverTheWay) {
  const Frame others = Ipv4Udp(kTunnelEnds, 1000, 2000);
  for (const Way& way : AllWays()) {
    SCOPED_TRACE(way.name);
    for (const FlowKey key : kKeys) {
      const Frame udp = Ipv4Udp(kClientAndServer, 1000, 2000);
      const Frame udp_back = Ipv4Udp(Reversed(kClientAndServer), 2000, 1000);
      const Hash hash = HashOf(key, udp);
      ASSERT_TRUE(hash);
      EXPECT_EQ(HashOf(key, way.encapsulation, way.around(udp)), hash);
      EXPECT_EQ(HashOf(key, way.encapsulation, way.around(udp_back)), hash);
      EXPECT_NE(HashOf(key, way.encapsulation, way.around(others)), hash);
      if (way.name == "compressed ppp") continue;  // its protocol is IPv4
      const Frame tcp = Ipv6Tcp(kIpv6ClientAndServer, 1000, 2000);
      const Frame tcp_back = Ipv6Tcp(Reversed(kIpv6ClientAndServer), 2000, 1000);
      EXPECT_EQ(HashOf(key, way.encapsulation, way.around(tcp)), HashOf(key, tcp));
      EXPECT_EQ(HashOf(key, way.encapsulation, way.around(tcp_back)), HashOf(key, tcp));
    }
  }
}

TEST(LinkHeaders, KnowsATunnelByThePortOfEitherEnd) {
  const Frame inner = Ipv4Udp(kClientAndServer, 1000, 2000);
  const Frame vxlan = Hex("0800000000000100") + Ethernet(inner);
  for (const Frame& datagram : {Udp(50000, 4789, vxlan), Udp(4789, 50000, vxlan)}) {
    EXPECT_EQ(HashOf(FlowKey::kPair, Ipv4(17, kTunnelEnds, datagram)),
              HashOf(FlowKey::kPair, inner));
  }
}

TEST(LinkHeaders, LooksIntoTunnelsInTunnels) {
  const Frame inner = Ipv4Udp(kClientAndServer, 1000, 2000);
  for (const Way& outer : kTunnels) {
    for (const Way& way : kTunnels) {
      SCOPED_TRACE(std::string(way.name) + " in " + std::string(outer.name));
      Frame datagram = way.around(inner);
      datagram.erase(datagram.begin(), datagram.begin() + 14);
      EXPECT_EQ(HashOf(FlowKey::kPair, outer.encapsulation, outer.around(datagram)),
                HashOf(FlowKey::kPair, inner));
    }
  }
}

// Cut off, a frame goes by what is left, from the outermost to the innermost, and never by more.
TEST(LinkHeaders, OfACutOffFrameIsOfTheAddressesThatAreLeft) {
  const Frame inner = Ipv4Udp(kClientAndServer, 1000, 2000);
  for (const Way& way : AllWays()) {
    SCOPED_TRACE(way.name);
    const Frame frame = way.around(inner);
    for (const FlowKey key : kKeys) {
      const std::set<Hash> allowed = {std::nullopt,
                                      HashOf(key, Ipv4(59, kTunnelEnds, {})),
                                      HashOf(key, Ipv4Udp(kTunnelEnds, 50000, 4754)),
                                      HashOf(key, Ipv4Udp(kTunnelEnds, 50000, 6635)),
                                      HashOf(key, Ipv4Udp(kTunnelEnds, 50000, 4789)),
                                      HashOf(key, Ipv4Udp(kTunnelEnds, 50000, 4790)),
                                      HashOf(key, Ipv4Udp(kTunnelEnds, 50000, 6081)),
                                      HashOf(FlowKey::kPair, inner),
                                      HashOf(key, inner)};
      std::vector<Hash> met = {std::nullopt};
      for (size_t length = 0; length <= frame.size(); ++length) {
        const Hash hash = HashOf(key, way.encapsulation, frame, length);
        EXPECT_TRUE(allowed.contains(hash)) << "cut off at " << length;
        if (hash == met.back()) continue;
        EXPECT_EQ(std::count(met.begin(), met.end(), hash), 0) << "back again at " << length;
        met.push_back(hash);
      }
      EXPECT_EQ(met.back(), HashOf(key, inner));
    }
  }
}

TEST(LinkHeaders, NoneOfWhatLeadsToNoAddress) {
  const Frame datagram = Ipv4Udp(kClientAndServer, 1000, 2000);
  Frame short_header = datagram;
  short_header[0] = 0x44;
  Frame short_total = datagram;
  short_total[3] = 19;
  const Frame snap = Hex("AAAA03000000 0800") + datagram;
  const struct {
    std::string_view name;
    int encapsulation;
    Frame frame;
  } kRows[] = {
      {"empty", WTAP_ENCAP_ETHERNET, {}},
      {"arp", WTAP_ENCAP_ETHERNET, kMacs + Hex("0806 0001080006040001") + Zeros(20)},
      {"other encapsulation", WTAP_ENCAP_USB_LINUX, Ethernet(datagram)},
      {"per packet", WTAP_ENCAP_PER_PACKET, Ethernet(datagram)},
      {"ip version 5", WTAP_ENCAP_RAW_IP, Hex("55") + datagram},
      {"header length 16", WTAP_ENCAP_RAW_IP, short_header},
      {"total length 19", WTAP_ENCAP_RAW_IP, short_total},
      {"other loopback family", WTAP_ENCAP_NULL, Hex("07000000") + datagram},
      {"other organisation", WTAP_ENCAP_ETHERNET, kMacs + Hex("0100 AAAA0300000C 0800") + datagram},
      {"pppoe discovery", WTAP_ENCAP_PPP_ETHER, Hex("1109 0001 0100 0021") + datagram},
      {"ppp control", WTAP_ENCAP_PPP, Hex("C021") + datagram},
      {"no label at the bottom", WTAP_ENCAP_ETHERNET, kMacs + Hex("8847 00010040")},
      {"generic associated channel", WTAP_ENCAP_ETHERNET,
       kMacs + Hex("8847 00010140 10000021") + datagram},
      {"802.11 management", WTAP_ENCAP_IEEE_802_11, Hex("8000") + Zeros(22) + snap},
      {"802.11 without data", WTAP_ENCAP_IEEE_802_11, Hex("4801") + Zeros(22) + snap},
      {"802.11 encrypted", WTAP_ENCAP_IEEE_802_11, Hex("0841") + Zeros(22) + snap},
      {"802.11 first fragment", WTAP_ENCAP_IEEE_802_11, Hex("0805") + Zeros(22) + snap},
      {"802.11 last fragment", WTAP_ENCAP_IEEE_802_11,
       Hex("0801") + Zeros(20) + Hex("0100") + snap},
      {"802.11 aggregate", WTAP_ENCAP_IEEE_802_11, Hex("8801") + Zeros(22) + Hex("8000") + snap},
  };
  for (const auto& row : kRows) {
    for (const FlowKey key : kKeys) {
      EXPECT_EQ(HashOf(key, row.encapsulation, row.frame), std::nullopt) << row.name;
    }
  }
}

TEST(LinkHeaders, StopsInATunnelWithAHeaderItDoesNotKnow) {
  const Frame inner = Ipv4Udp(kClientAndServer, 1000, 2000);
  const Hash tunnel = HashOf(FlowKey::kPair, Ipv4(59, kTunnelEnds, {}));
  for (const Frame& frame : {Gre("4000 0800", inner),  // source routes
                             Gre("0002 0800", inner),  // version 2
                             Gre("0001 0800", inner),  // version 1, which is PPTP's alone
                             OverUdp(4789, "0000000000000100", Ethernet(inner)),
                             OverUdp(4790, "0C00000400000100", inner),
                             OverUdp(6081, "4000655800000100", Ethernet(inner))}) {
    EXPECT_EQ(HashOf(FlowKey::kPair, WTAP_ENCAP_ETHERNET, frame), tunnel);
  }
}

TEST(LinkHeaders, GivesUpAfterSoManyHeaders) {
  const Frame inner = Ipv4Udp(kClientAndServer, 1000, 2000);
  const auto with_tags = [&inner](int count) {
    Frame frame = kMacs;
    for (int tag = 0; tag < count; ++tag) frame = frame + Hex("8100 0005");
    return HashOf(FlowKey::kPair, WTAP_ENCAP_ETHERNET, frame + Hex("0800") + inner);
  };
  EXPECT_TRUE(with_tags(20));
  EXPECT_FALSE(with_tags(40));
}

// Nothing is read outside of the frame, which is the sanitizer's to see, and the same bytes have
// the same hash.
TEST(LinkHeaders, StandsAnyBytes) {
  std::mt19937 random(espcap::testing::RandomSeed(20240117));
  const std::vector<Way> ways = AllWays();
  for (int round = 0; round < 50000; ++round) {
    const Way& way = ways[random() % ways.size()];
    Frame frame =
        round % 2 == 0 ? way.around(Ipv4Udp(kClientAndServer, 1000, 2000)) : Zeros(random() % 200);
    const size_t changes = round % 2 == 0 ? 1 + random() % 4 : frame.size();
    for (size_t change = 0; change < changes; ++change) {
      frame[random() % frame.size()] = static_cast<uint8_t>(random());
    }
    const size_t length = random() % (frame.size() + 1);
    for (const FlowKey key : kKeys) {
      EXPECT_EQ(HashOf(key, way.encapsulation, frame, length),
                HashOf(key, way.encapsulation, frame, length));
    }
  }
}

}  // namespace
}  // namespace espcap::source
