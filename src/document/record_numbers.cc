// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/record_numbers.h"

namespace espcap::document {
namespace {

constexpr unsigned kBits = 7;
constexpr uint8_t kMore = 0x80;

// Takes it off the front; none where there is no whole one of 64 bits.
std::optional<uint64_t> TakeNumber(std::string_view& bytes) {
  uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += kBits) {
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    const uint64_t part = byte & ~kMore & 0xFFU;
    if (part << shift >> shift != part) return std::nullopt;
    number |= part << shift;
    if ((byte & kMore) == 0) return number;
  }
  return std::nullopt;
}

}  // namespace

void AppendRecordNumber(ByteBuffer& out, uint64_t last, uint64_t number) {
  uint64_t rest = number - last;
  char* place = out.Claim(kMaxNumberBytes);
  for (; rest >= kMore; rest >>= kBits) *place++ = static_cast<char>(rest | kMore);
  *place++ = static_cast<char>(rest);
  out.Commit(place);
}

std::optional<std::vector<uint64_t>> ParseRecordNumbers(std::string_view bytes, uint64_t count) {
  if (count > bytes.size()) return std::nullopt;
  std::vector<uint64_t> numbers;
  numbers.reserve(count);
  uint64_t last = 0;
  while (numbers.size() < count) {
    const auto difference = TakeNumber(bytes);
    if (!difference || *difference == 0 || *difference > UINT64_MAX - last) return std::nullopt;
    last += *difference;
    numbers.push_back(last);
  }
  if (!bytes.empty()) return std::nullopt;
  return numbers;
}

}  // namespace espcap::document
