// SPDX-License-Identifier: GPL-2.0-or-later
//
// JSON text for the hot path: strings escaped as tshark's ek writer does, always valid UTF-8.
#ifndef ESPCAP_ENCODE_JSON_TEXT_H_
#define ESPCAP_ENCODE_JSON_TEXT_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "espcap/byte_buffer.h"

namespace espcap::encode {

// A quoted string. Control characters, quotes and backslashes are escaped (RFC 8259); "</" becomes
// "<\/"; each maximal ill-formed UTF-8 subsequence becomes U+FFFD (Unicode 15, section 3.9).
void AppendJsonString(ByteBuffer& out, std::string_view text);

// The same for text with NUL bytes in it, which libwireshark shows as "\0".
void AppendJsonStringWithNuls(ByteBuffer& out, std::string_view text);

// Digits, no quotes; digits.h has more, for those who claim room themselves.
void AppendDecimal(ByteBuffer& out, uint64_t value);

// Two lower-case hex digits a byte; a separator of '\0' is none. No quotes.
void AppendHexBytes(ByteBuffer& out, std::span<const uint8_t> bytes, char separator);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_JSON_TEXT_H_
