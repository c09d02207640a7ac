// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/json_text.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace espcap::encode {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

enum Care : uint8_t { kPlain = 0, kEscape, kSlash, kMultibyte };

constexpr std::array<uint8_t, 256> kCare = [] {
  std::array<uint8_t, 256> care{};
  for (size_t byte = 0; byte < 0x20; ++byte) care.at(byte) = kEscape;
  for (size_t byte = 0x80; byte < 0x100; ++byte) care.at(byte) = kMultibyte;
  care['"'] = kEscape;
  care['\\'] = kEscape;
  care['/'] = kSlash;
  return care;
}();

struct Sequence {
  size_t length;  // of the well-formed sequence, or of the maximal ill-formed subsequence
  bool valid;
};

// Reads one sequence that starts with a byte >= 0x80, by the table of well-formed UTF-8 byte
// sequences (Unicode 15, table 3-7).
Sequence ReadSequence(const uint8_t* in, const uint8_t* end) {
  const uint8_t lead = *in;
  size_t length = 0;
  uint8_t low = 0x80;
  uint8_t high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {1, false};
  }
  for (size_t i = 1; i < length; ++i) {
    if (in + i == end || in[i] < low || in[i] > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

void AppendEscaped(ByteBuffer& out, uint8_t byte) {
  out.Append('\\');
  switch (byte) {
    case '"':
    case '\\':
      return out.Append(static_cast<char>(byte));
    case '\b':
      return out.Append('b');
    case '\t':
      return out.Append('t');
    case '\n':
      return out.Append('n');
    case '\f':
      return out.Append('f');
    case '\r':
      return out.Append('r');
    default:
      out.Append("u00");
      AppendHex(out, byte, 2);
  }
}

void AppendEscapedText(ByteBuffer& out, std::string_view text) {
  const auto* const begin = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = begin + text.size();
  const uint8_t* plain = begin;  // start of the run that is copied as it is
  const auto flush = [&](const uint8_t* until) {
    out.Append({reinterpret_cast<const char*>(plain), static_cast<size_t>(until - plain)});
  };
  for (const uint8_t* in = begin; in != end;) {
    switch (kCare[*in]) {
      case kPlain:
        ++in;
        break;
      case kSlash:
        if (in != begin && in[-1] == '<') {
          flush(in);
          out.Append('\\');
          plain = in;
        }
        ++in;
        break;
      case kEscape:
        flush(in);
        AppendEscaped(out, *in);
        plain = ++in;
        break;
      default: {
        const Sequence sequence = ReadSequence(in, end);
        if (!sequence.valid) {
          flush(in);
          out.Append(kReplacement);
          plain = in + sequence.length;
        }
        in += sequence.length;
      }
    }
  }
  flush(end);
}

}  // namespace

void AppendJsonString(ByteBuffer& out, std::string_view text) {
  out.Append('"');
  AppendEscapedText(out, text);
  out.Append('"');
}

void AppendJsonStringWithNuls(ByteBuffer& out, std::string_view text) {
  out.Append('"');
  for (size_t nul = text.find('\0'); nul != std::string_view::npos; nul = text.find('\0')) {
    AppendEscapedText(out, text.substr(0, nul));
    out.Append(R"(\\0)");
    text.remove_prefix(nul + 1);
  }
  AppendEscapedText(out, text);
  out.Append('"');
}

void AppendDecimal(ByteBuffer& out, uint64_t value) {
  constexpr size_t kMaxDigits = 20;
  char* begin = out.Claim(kMaxDigits);
  out.Commit(std::to_chars(begin, begin + kMaxDigits, value).ptr);
}

void AppendSignedDecimal(ByteBuffer& out, int64_t value) {
  constexpr size_t kMaxDigits = 20;
  char* begin = out.Claim(kMaxDigits);
  out.Commit(std::to_chars(begin, begin + kMaxDigits, value).ptr);
}

void AppendHex(ByteBuffer& out, uint64_t value, unsigned width) {
  char* begin = out.Claim(width);
  for (unsigned i = width; i-- > 0; value >>= 4U) begin[i] = kHexDigits[value & 0xFU];
  out.Commit(begin + width);
}

void AppendHexBytes(ByteBuffer& out, std::span<const uint8_t> bytes, char separator) {
  if (bytes.empty()) return;
  char* write = out.Claim(bytes.size() * 3);
  for (const uint8_t byte : bytes) {
    *write++ = kHexDigits[byte >> 4U];
    *write++ = kHexDigits[byte & 0xFU];
    if (separator != '\0') *write++ = separator;
  }
  out.Commit(separator == '\0' ? write : write - 1);
}

}  // namespace espcap::encode
