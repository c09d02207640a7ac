// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/printable.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace espcap::base {
namespace {

struct Character {
  uint32_t code_point = 0;
  size_t bytes = 0;  // 0: not UTF-8
};

struct Form {  // of the characters that begin with a byte like this (RFC 3629)
  unsigned mask;
  unsigned lead;
  size_t bytes;
  uint32_t first;  // code point: a smaller one has a shorter form
};
constexpr std::array<Form, 4> kForms = {
    {{0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}}};

Character FirstOf(std::string_view text) {
  const auto byte = [text](size_t at) { return static_cast<unsigned char>(text[at]); };
  for (const Form& form : kForms) {
    if ((byte(0) & form.mask) != form.lead) continue;
    if (text.size() < form.bytes) return {};
    uint32_t code_point = byte(0) & ~form.mask;
    for (size_t i = 1; i < form.bytes; ++i) {
      if ((byte(i) & 0xC0U) != 0x80U) return {};
      code_point = code_point << 6U | (byte(i) & 0x3FU);
    }
    const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < form.first || code_point > 0x10FFFF || is_surrogate) return {};
    return {code_point, form.bytes};
  }
  return {};
}

bool IsControl(uint32_t c) { return (c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0); }

bool ChangesDirection(uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool EndsLine(uint32_t c) { return c == 0x2028 || c == 0x2029; }

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character first = FirstOf(text);
    if (first.bytes == 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (IsControl(first.code_point)) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", first.code_point);
    } else if (ChangesDirection(first.code_point) || EndsLine(first.code_point)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", first.code_point);
    } else {
      out += text.substr(0, first.bytes);
    }
    text.remove_prefix(first.bytes);
  }
  return out;
}

}  // namespace espcap::base
