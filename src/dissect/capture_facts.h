// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a capture says in addition to its frames, and dissection wants to know: names of addresses,
// secrets that decrypt. They become libwireshark's, for the whole process.
#ifndef ESPCAP_DISSECT_CAPTURE_FACTS_H_
#define ESPCAP_DISSECT_CAPTURE_FACTS_H_

#include <cstdint>
#include <span>

#include "source/wireshark_api.h"

namespace espcap::dissect {

// As reading comes across them.
void LearnFactsOf(wtap* handle);

// One by one. `address` as wiretap gives it (network byte order); names are zero-terminated.
void LearnIpv4Name(uint32_t address, const char* name);
void LearnIpv6Name(const ws_in6_addr& address, const char* name);
// `type`: of a pcapng decryption-secrets block.
void LearnSecrets(uint32_t type, std::span<const char> secrets);

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_CAPTURE_FACTS_H_
