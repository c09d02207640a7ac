// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/printable.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/utf8.h"

namespace espcap::base {
namespace {

bool IsControl(char32_t point) {
  return (point < 0x20 && point != '\t') || (point >= 0x7F && point <= 0x9F);
}

bool EndsLine(char32_t point) { return point == 0x2028 || point == 0x2029; }

bool TurnsDirection(char32_t point) {
  return point == 0x061C || point == 0x200E || point == 0x200F ||
         (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

// REQUIRES: the sequence is well-formed.
char32_t CodePoint(const uint8_t* in, size_t length) {
  if (length == 1) return *in;
  char32_t point = *in & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) point = point << 6U | (in[i] & 0x3FU);
  return point;
}

std::string Escaped(char32_t point) {
  const auto number = static_cast<uint32_t>(point);
  return number < 0x100 ? fmt::format(R"(\x{:02x})", number) : fmt::format(R"(\u{:04x})", number);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto* in = reinterpret_cast<const uint8_t*>(text.data());
  const auto* const end = in + text.size();
  while (in != end) {
    const Utf8Sequence sequence = *in < 0x80 ? Utf8Sequence{1, true} : ReadUtf8Sequence(in, end);
    if (!sequence.valid) {
      for (size_t i = 0; i < sequence.length; ++i) out += fmt::format(R"(\x{:02x})", in[i]);
    } else if (const char32_t point = CodePoint(in, sequence.length);
               IsControl(point) || EndsLine(point) || TurnsDirection(point)) {
      out += Escaped(point);
    } else {
      out.append(reinterpret_cast<const char*>(in), sequence.length);
    }
    in += sequence.length;
  }
  return out;
}

}  // namespace espcap::base
