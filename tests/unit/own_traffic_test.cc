// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/own_traffic.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pcap/dlt.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "live/link_table.h"
#include "live/link_watch.h"
#include "live/shared_capture_state.h"
#include "source/filter_program.h"

namespace espcap::live {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr PortRange kPorts{40000, 64};
const char* const kServer = "192.0.2.9";
const char* const kServer6 = "2001:db8::9";

IpAddress Address(const std::string& text) {
  std::array<uint8_t, 16> bytes{};
  const bool is_ipv6 = text.find(':') != std::string::npos;
  EXPECT_EQ(::inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()), 1);
  return {bytes.begin(), bytes.begin() + (is_ipv6 ? 16 : 4)};
}

const std::vector<IpAddress> kOwn = {Address("127.0.0.1"), Address("192.0.2.1"),
                                     Address("2001:db8::1")};

void Append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }
Bytes Word(unsigned number) {
  return {static_cast<uint8_t>(number >> 8U & 0xFFU), static_cast<uint8_t>(number & 0xFFU)};
}

struct Segment {
  std::string source;
  unsigned source_port;
  std::string destination;
  unsigned destination_port;
  uint8_t protocol = IPPROTO_TCP;
};

bool IsIpv6(const Segment& segment) { return segment.source.find(':') != std::string::npos; }

Bytes IpPacket(const Segment& segment) {
  Bytes packet;
  if (IsIpv6(segment)) {
    packet = {0x60, 0, 0, 0, 0, 20, segment.protocol, 64};
  } else {
    packet = {0x45, 0, 0, 40, 0, 0, 0, 0, 64, segment.protocol, 0, 0};
  }
  Append(packet, Address(segment.source));
  Append(packet, Address(segment.destination));
  Append(packet, Word(segment.source_port));
  Append(packet, Word(segment.destination_port));
  packet.resize(packet.size() + 16);
  return packet;
}

Bytes Frame(const Segment& segment, int link_type, int tags) {
  const Bytes type = Word(IsIpv6(segment) ? 0x86DD : 0x0800);
  constexpr std::array<unsigned, 2> kTagTypes = {0x8100, 0x88A8};
  const Bytes first = tags == 0 ? type : Word(kTagTypes[static_cast<size_t>(tags - 1)]);
  Bytes frame;
  if (link_type == DLT_LINUX_SLL2) {
    frame = first;
    frame.resize(20);
  } else {
    frame.resize(link_type == DLT_EN10MB ? 12 : 14);
    Append(frame, first);
  }
  for (int tag = tags; tag > 0; --tag) {
    Append(frame, Word(5));
    Append(frame, tag == 1 ? type : Word(kTagTypes[0]));
  }
  Append(frame, IpPacket(segment));
  return frame;
}

bool IsOwn(const Bytes& frame, int link_type) {
  const auto filters = OwnTrafficFilters(kPorts, kOwn, link_type);
  return std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
    const auto program = source::CompileFilter(filter, link_type, source::ByteOrder::kOurs);
    EXPECT_TRUE(program.has_value()) << program.error().message;
    pcap_pkthdr header{};
    header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
    return pcap_offline_filter(program->get(), &header, frame.data()) != 0;
  });
}

TEST(OwnTraffic, IsBetweenOwnAddressesAndOwnPorts) {
  const struct {
    Segment segment;
    bool is_own;
    const char* what;
  } cases[] = {
      {{"192.0.2.1", 40000, kServer, 9200}, true, "sent"},
      {{kServer, 9200, "192.0.2.1", 40063}, true, "received"},
      {{"127.0.0.1", 40001, "127.0.0.1", 9200}, true, "on this machine"},
      {{"2001:db8::1", 40010, kServer6, 9200}, true, "sent by IPv6"},
      {{kServer6, 9200, "2001:db8::1", 40010}, true, "received by IPv6"},
      {{"192.0.2.2", 40000, kServer, 9200}, false, "another machine with this port"},
      {{kServer, 9200, "192.0.2.2", 40000}, false, "the answer to it"},
      {{"2001:db8::2", 40000, kServer6, 9200}, false, "the same by IPv6"},
      {{"192.0.2.1", 39999, kServer, 9200}, false, "another program"},
      {{"192.0.2.1", 40064, kServer, 9200}, false, "another program"},
      {{kServer, 40000, "192.0.2.1", 9200}, false, "a client that has this port"},
      {{"192.0.2.1", 40000, kServer, 53, IPPROTO_UDP}, false, "no connection"},
  };
  for (const int link_type : {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2}) {
    for (const int tags : {0, 1, 2}) {
      for (const auto& test : cases) {
        EXPECT_EQ(IsOwn(Frame(test.segment, link_type, tags), link_type), test.is_own)
            << test.what << ", link type " << link_type << ", tags " << tags;
      }
    }
  }
  EXPECT_TRUE(IsOwn(IpPacket(cases[0].segment), DLT_RAW)) << "as tunnels have it";
}

TEST(OwnTraffic, OfNoPortsIsNone) {
  EXPECT_TRUE(OwnTrafficFilters({}, kOwn, DLT_EN10MB).empty());
  EXPECT_TRUE(OwnTrafficFilters(kPorts, {}, DLT_EN10MB).empty());
}

TEST(OwnTraffic, AddressesOfOneVersionOnlyAreEnough) {
  const auto filters = OwnTrafficFilters(kPorts, {Address("192.0.2.1")}, DLT_EN10MB);
  for (const std::string& filter : filters) {
    const auto program = source::CompileFilter(filter, DLT_EN10MB, source::ByteOrder::kOurs);
    EXPECT_TRUE(program.has_value()) << program.error().message;
  }
}

TEST(OwnTraffic, AnAddressThatCameLaterIsTold) {
  std::vector<IpAddress> now = kOwn;
  EXPECT_EQ(DescribeNewAddress(kOwn, now), std::nullopt);
  now.pop_back();
  EXPECT_EQ(DescribeNewAddress(kOwn, now), std::nullopt);
  now.push_back(Address("2001:db8::5"));
  EXPECT_EQ(DescribeNewAddress(kOwn, now),
            "this machine has a new address, 2001:db8::5: own connections from it are captured "
            "until espcap is started again");
}

TEST(OwnTraffic, AddressesAreThoseOfThisMachine) {
  const auto table = std::move(LinkTable::Create().value());
  const auto state = std::move(SharedCaptureState::Create({}).value());
  const auto watch = LinkWatch::Open(*table, *state, {});
  ASSERT_TRUE(watch) << watch.error().message;
  const auto addresses = LocalAddresses(*table, "any");
  ASSERT_TRUE(addresses.has_value()) << addresses.error().message;
  EXPECT_NE(std::find(addresses->begin(), addresses->end(), Address("127.0.0.1")),
            addresses->end());
}

}  // namespace
}  // namespace espcap::live
