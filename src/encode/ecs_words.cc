// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/ecs_words.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace espcap::encode {
namespace {

using Word = std::pair<uint32_t, std::string_view>;

std::string_view Find(std::span<const Word> words, uint32_t number) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [number](const Word& word) { return word.first == number; });
  return found == words.end() ? std::string_view() : found->second;
}

}  // namespace

std::string_view TransportName(uint8_t ip_protocol) {
  static constexpr std::array<Word, 14> kWords = {{{1, "icmp"},
                                                   {2, "igmp"},
                                                   {6, "tcp"},
                                                   {17, "udp"},
                                                   {33, "dccp"},
                                                   {47, "gre"},
                                                   {50, "esp"},
                                                   {51, "ah"},
                                                   {58, "ipv6-icmp"},
                                                   {89, "ospf"},
                                                   {103, "pim"},
                                                   {112, "vrrp"},
                                                   {132, "sctp"},
                                                   {136, "udplite"}}};
  return Find(kWords, ip_protocol);
}

std::string_view DnsOpCode(uint32_t code) {
  static constexpr std::array<Word, 5> kWords = {
      {{0, "QUERY"}, {1, "IQUERY"}, {2, "STATUS"}, {4, "NOTIFY"}, {5, "UPDATE"}}};
  return Find(kWords, code);
}

std::string_view DnsResponseCode(uint32_t code) {
  static constexpr std::array<Word, 11> kWords = {{{0, "NOERROR"},
                                                   {1, "FORMERR"},
                                                   {2, "SERVFAIL"},
                                                   {3, "NXDOMAIN"},
                                                   {4, "NOTIMP"},
                                                   {5, "REFUSED"},
                                                   {6, "YXDOMAIN"},
                                                   {7, "YXRRSET"},
                                                   {8, "NXRRSET"},
                                                   {9, "NOTAUTH"},
                                                   {10, "NOTZONE"}}};
  return Find(kWords, code);
}

std::string_view DnsFlagName(std::string_view field) {
  using Flag = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Flag, 6> kFlags = {{{"authoritative", "AA"},
                                                  {"truncated", "TC"},
                                                  {"recdesired", "RD"},
                                                  {"recavail", "RA"},
                                                  {"authenticated", "AD"},
                                                  {"checkdisable", "CD"}}};
  for (const auto& [end, name] : kFlags) {
    if (field.ends_with(end)) return name;
  }
  return {};
}

std::string_view TlsVersion(uint32_t version) {
  static constexpr std::array<Word, 9> kWords = {{{0x0002, "2.0"},
                                                  {0x0300, "3.0"},
                                                  {0x0301, "1.0"},
                                                  {0x0302, "1.1"},
                                                  {0x0303, "1.2"},
                                                  {0x0304, "1.3"},
                                                  {0xFEFF, "1.0"},
                                                  {0xFEFD, "1.2"},
                                                  {0xFEFC, "1.3"}}};
  return Find(kWords, version);
}

bool IsCarrier(std::string_view layer) {
  static constexpr std::array<std::string_view, 10> kCarriers = {
      "data", "tcp.segments", "nbss", "nbdgm", "tpkt", "cotp", "rpc", "mptcp", "vxlan", "geneve"};
  return std::find(kCarriers.begin(), kCarriers.end(), layer) != kCarriers.end();
}

}  // namespace espcap::encode
