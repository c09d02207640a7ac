// SPDX-License-Identifier: GPL-2.0-or-later
//
// How ECS calls what protocols have numbers for. Empty where it has no word. Pure functions.
#ifndef ESPCAP_ENCODE_ECS_WORDS_H_
#define ESPCAP_ENCODE_ECS_WORDS_H_

#include <cstdint>
#include <string_view>

namespace espcap::encode {

std::string_view TransportName(uint8_t ip_protocol);   // 6: "tcp"
std::string_view DnsOpCode(uint32_t code);             // 0: "QUERY"
std::string_view DnsResponseCode(uint32_t code);       // 3: "NXDOMAIN"
std::string_view DnsFlagName(std::string_view field);  // "dns.flags.recdesired": "RD"
std::string_view TlsVersion(uint32_t version);         // 0x0304: "1.3"; DTLS's too
// Whether a layer above a transport only carries another that people have in mind.
bool IsCarrier(std::string_view layer);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_ECS_WORDS_H_
