// SPDX-License-Identifier: GPL-2.0-or-later
//
// Community ID, version 1 (https://github.com/corelight/community-id-spec): one name for both
// directions of a flow, which other programs give it too. Pure functions.
#ifndef ESPCAP_ENCODE_COMMUNITY_ID_H_
#define ESPCAP_ENCODE_COMMUNITY_ID_H_

#include <cstdint>
#include <span>
#include <string>

namespace espcap::encode {

struct Flow {
  std::span<const uint8_t> source;  // 4 or 16 bytes, as long as the other
  std::span<const uint8_t> destination;
  uint8_t protocol = 0;  // IANA's number
  // Where the protocol has none, has_ports is false; for ICMP they are the message's type and code.
  bool has_ports = false;
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
};

// "1:LQU9qZlK+B5F3KDmev6m5PMibrg="; empty where the addresses are of neither length.
std::string CommunityId(const Flow& flow);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_COMMUNITY_ID_H_
