// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/filter_program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace espcap::source {
namespace {

// One for each part of the language.
constexpr const char* kExpressions[] = {"tcp port 80",
                                        "host 192.0.2.1",
                                        "ip6 and not udp",
                                        "ether host 02:00:00:00:00:01",
                                        "vlan 5",
                                        "mpls",
                                        "pppoes",
                                        "geneve",
                                        "llc",
                                        "iso",
                                        "decnet host 1.2",
                                        "ip broadcast",
                                        "ether multicast",
                                        "type mgt",
                                        "subtype beacon",
                                        "dir nods",
                                        "wlan addr1 02:00:00:00:00:01",
                                        "radio[0] = 1",
                                        "ppp[0] = 1",
                                        "slip[0] = 1",
                                        "tr host 02:00:00:00:00:01",
                                        "fddi host 02:00:00:00:00:01",
                                        "inbound",
                                        "outbound",
                                        "ifindex 1",
                                        "on en0",
                                        "action pass",
                                        "reason match",
                                        "rulenum 1",
                                        "lane",
                                        "vpi 1",
                                        "oamf4",
                                        "metac",
                                        "connectmsg",
                                        "fisu",
                                        "sio 3",
                                        "opc 1",
                                        "hsls 1",
                                        "ether host $1",
                                        "less 100",
                                        "link[0] = 1",
                                        "ip[0] = 69",
                                        "gateway 192.0.2.1"};

// Since then libpcap finds families of a loopback capture in either order, and says other things.
bool IsSince111() {
  constexpr std::string_view kStart = "libpcap version ";
  const std::string_view version = pcap_lib_version();
  EXPECT_TRUE(version.starts_with(kStart)) << version;
  char* point = nullptr;
  const long major = std::strtol(version.data() + kStart.size(), &point, 10);
  return std::pair(major, std::strtol(point + 1, nullptr, 10)) >= std::pair(1L, 11L);
}

TEST(FilterProgram, WhatFitsSomeLinkTypeIsNoError) {
  constexpr int kLinkTypes = 300;
  for (const std::string expression : kExpressions) {
    if (CheckCaptureFilter(expression)) continue;
    for (int link_type = 0; link_type < kLinkTypes; ++link_type) {
      EXPECT_FALSE(CompileFilter(expression, link_type, ByteOrder::kOurs).has_value())
          << expression << " on " << link_type;
    }
  }
}

TEST(FilterProgram, ATypingErrorIsOneOnEveryLinkType) {
  const struct {
    const char* expression;
    const char* message;
  } cases[] = {
      {"tcp prt 80", "syntax error"},
      {"type mgt and tcp prt 80", "syntax error"},
      {"type mgt and lane",
       IsSince111() ? "on link type EN10MB: 'type/subtype' not supported on DLT_EN10MB"
                    : "on link type EN10MB: 802.11 link-layer types supported only on 802.11"},
      {"port nonesuch", "unknown port 'nonesuch'"},
  };
  for (const auto& test : cases) {
    const auto checked = CheckCaptureFilter(test.expression);
    ASSERT_FALSE(checked.has_value()) << test.expression;
    EXPECT_NE(checked.error().message.find(test.message), std::string::npos)
        << checked.error().message;
  }
}

TEST(FilterProgram, LoopbackCapturesHaveTheFamiliesOfAllSystemsInTheOrderOfTheirWriter) {
  constexpr int kNull = 0;
  for (const ByteOrder order : {ByteOrder::kOurs, ByteOrder::kSwapped}) {
    const auto program = CompileFilter("ip6", kNull, order);
    ASSERT_TRUE(program.has_value());
    for (const uint32_t family : {24U, 28U, 30U}) {
      for (const uint32_t written : {family, __builtin_bswap32(family)}) {
        pcap_pkthdr header{};
        header.caplen = header.len = sizeof(written);
        const bool is_in_order = (order == ByteOrder::kOurs) == (written == family);
        const auto* const bytes = reinterpret_cast<const u_char*>(&written);
        EXPECT_EQ(pcap_offline_filter(program->get(), &header, bytes) != 0,
                  is_in_order || IsSince111())
            << written;
      }
    }
  }
}

TEST(FilterProgram, SomeLookAtNothingButTheLength) {
  constexpr int kEthernet = 1;
  for (const char* expression : {"less 100", "greater 100", "len > 3 and len < 9"}) {
    EXPECT_FALSE(LooksAtBytes(**CompileFilter(expression, kEthernet, ByteOrder::kOurs)));
  }
  for (const char* expression : {"ip", "tcp port 80", "less 100 and link[0] = 1"}) {
    EXPECT_TRUE(LooksAtBytes(**CompileFilter(expression, kEthernet, ByteOrder::kOurs)));
  }
}

}  // namespace
}  // namespace espcap::source
