// SPDX-License-Identifier: GPL-2.0-or-later
//
// Rising numbers of records as few bytes: the first, then each difference, as unsigned LEB128
// (seven bits a byte, the lowest first). Pure; what is parsed may be any bytes.
#ifndef ESPCAP_DOCUMENT_RECORD_NUMBERS_H_
#define ESPCAP_DOCUMENT_RECORD_NUMBERS_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "espcap/byte_buffer.h"

namespace espcap::document {

constexpr size_t kMaxNumberBytes = 10;  // of one

// `last`: the number before; 0 at the first.
void AppendRecordNumber(ByteBuffer& out, uint64_t last, uint64_t number);

// None where their number is another one, or one isn't above the one before it, and above 0.
std::optional<std::vector<uint64_t>> ParseRecordNumbers(std::string_view bytes, uint64_t count);

}  // namespace espcap::document

#endif  // ESPCAP_DOCUMENT_RECORD_NUMBERS_H_
