// SPDX-License-Identifier: GPL-2.0-or-later
//
// Network addresses as libwireshark shows them, straight into memory.
#ifndef ESPCAP_ENCODE_ADDRESS_TEXT_H_
#define ESPCAP_ENCODE_ADDRESS_TEXT_H_

#include <array>
#include <cstdint>

#include "encode/digits.h"

namespace espcap::encode {

// The most that is written, digits.h's slack included.
inline constexpr size_t kMaxIpv4Text = 16 + kDigitSlack;
inline constexpr size_t kMaxIpv6Text = 46 + kDigitSlack;

// `address` in host byte order.
inline char* WriteIpv4(char* write, uint32_t address) {
  for (unsigned shift = 24; shift > 0; shift -= 8) {
    write = WriteByteDecimal(write, static_cast<uint8_t>(address >> shift));
    *write++ = '.';
  }
  return WriteByteDecimal(write, static_cast<uint8_t>(address));
}

namespace ipv6 {

using Groups = std::array<uint16_t, 8>;

struct Run {
  unsigned first = 0;
  unsigned length = 0;
};

// The first of the longest runs of zero groups, if it has more than one.
inline Run LongestZeroRun(const Groups& groups) {
  Run longest;
  Run run;
  for (unsigned i = 0; i < groups.size(); ++i) {
    if (groups[i] != 0) {
      run = {i + 1, 0};
    } else if (++run.length > longest.length) {
      longest = run;
    }
  }
  return longest.length > 1 ? longest : Run{};
}

}  // namespace ipv6

// inet_ntop(3)'s text: RFC 5952's, with the last 32 bits in IPv4's notation in ::a.b.c.d and
// ::ffff:a.b.c.d.
inline char* WriteIpv6(char* write, const uint8_t* address) {
  ipv6::Groups groups{};
  for (size_t i = 0; i < groups.size(); ++i) {
    groups[i] = static_cast<uint16_t>(address[2 * i] << 8U | address[2 * i + 1]);
  }
  const ipv6::Run zeros = ipv6::LongestZeroRun(groups);
  const bool embeds_ipv4 =
      zeros.first == 0 && (zeros.length == 6 || (zeros.length == 5 && groups[5] == 0xFFFF));
  const unsigned end = embeds_ipv4 ? 6 : 8;
  for (unsigned i = 0; i < end;) {
    if (zeros.length != 0 && i == zeros.first) {
      *write++ = ':';
      i += zeros.length;
      if (i == 8) *write++ = ':';
      continue;
    }
    if (i != 0) *write++ = ':';
    write = WriteHex(write, groups[i], CountHexDigits(groups[i]));
    ++i;
  }
  if (!embeds_ipv4) return write;
  *write++ = ':';
  return WriteIpv4(write, uint32_t{groups[6]} << 16U | groups[7]);
}

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_ADDRESS_TEXT_H_
