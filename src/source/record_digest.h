// SPDX-License-Identifier: GPL-2.0-or-later
//
// 64 bits by which a record is known again where a document names it: of its time, lengths, link
// type and bytes.
#ifndef ESPCAP_SOURCE_RECORD_DIGEST_H_
#define ESPCAP_SOURCE_RECORD_DIGEST_H_

#include <cstdint>

#include "source/wireshark_api.h"

namespace espcap::source {

// The first eight bytes of SHA-256 over, in little-endian order: seconds (64 bits), nanoseconds,
// captured bytes, original bytes, wiretap's number of the link type (32 bits each), and the bytes.
// A record that is no packet has its type, with the highest bit set, in the link type's place.
[[nodiscard]] uint64_t DigestOf(const wireshark::Record& record);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_RECORD_DIGEST_H_
