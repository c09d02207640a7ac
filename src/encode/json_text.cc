// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/json_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "base/utf8.h"
#include "encode/digits.h"
#include "encode/hex_bytes.h"

namespace espcap::encode {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Eight bytes of text, the first in the lowest byte of the word.
constexpr size_t kWord = sizeof(uint64_t);

constexpr uint64_t Repeated(uint8_t byte) { return byte * uint64_t{0x0101010101010101}; }

// Zero if no byte needs care, else a word whose lowest set bit is the top bit of the first byte
// that does. Bits above that one mean nothing: the subtractions borrow from their neighbours.
constexpr uint64_t CareIn(uint64_t word) {
  const uint64_t below_space = word - Repeated(' ');
  const uint64_t quote = (word ^ Repeated('"')) - Repeated(1);
  const uint64_t backslash = (word ^ Repeated('\\')) - Repeated(1);
  const uint64_t less_than = (word ^ Repeated('<')) - Repeated(1);
  return (word | below_space | quote | backslash | less_than) & Repeated(0x80);
}

uint64_t LoadWord(const uint8_t* in) {
  uint64_t word = 0;
  std::memcpy(&word, in, kWord);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

void StoreWord(char* write, uint64_t word) {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(write, &word, kWord);
}

// The text's next eight bytes; blanks replace those beyond its end, which aren't read.
uint64_t LoadNext(const uint8_t* begin, const uint8_t* in, const uint8_t* end) {
  const auto left = static_cast<size_t>(end - in);
  if (left >= kWord) return LoadWord(in);
  const uint64_t blanks = Repeated(' ') << 8 * left;
  if (static_cast<size_t>(end - begin) >= kWord) {
    return LoadWord(end - kWord) >> 8 * (kWord - left) | blanks;
  }
  uint64_t word = 0;
  for (size_t i = left; i-- > 0;) word = word << 8U | in[i];
  return word | blanks;
}

char* WriteEscaped(char* write, uint8_t byte) {
  *write++ = '\\';
  switch (byte) {
    case '"':
    case '\\':
      *write++ = static_cast<char>(byte);
      return write;
    case '\b':
      *write++ = 'b';
      return write;
    case '\t':
      *write++ = 't';
      return write;
    case '\n':
      *write++ = 'n';
      return write;
    case '\f':
      *write++ = 'f';
      return write;
    case '\r':
      *write++ = 'r';
      return write;
    default:
      return WriteHex(WriteText(write, "u00"), byte, 2);
  }
}

enum class Nul { kEscape, kShow };

struct Position {
  const uint8_t* in;
  char* write;
};

// One character that needs care. REQUIRES: at.in is before `end`, the end of the text.
Position WriteWithCare(Position at, const uint8_t* end, Nul nul) {
  const uint8_t byte = *at.in;
  if (byte >= 0x80) {
    const base::Utf8Sequence sequence = base::ReadUtf8Sequence(at.in, end);
    if (sequence.valid) {
      std::memcpy(at.write, at.in, sequence.length);
      return {at.in + sequence.length, at.write + sequence.length};
    }
    return {at.in + sequence.length, WriteText(at.write, kReplacement)};
  }
  if (byte == '<') {
    *at.write++ = '<';
    if (at.in + 1 != end && at.in[1] == '/') *at.write++ = '\\';
    return {at.in + 1, at.write};
  }
  if (byte == '\0' && nul == Nul::kShow) {
    return {at.in + 1, WriteText(at.write, R"(\\0)")};
  }
  return {at.in + 1, WriteEscaped(at.write, byte)};
}

// The text is written block by block, so that the room claimed for the worst case stays small.
constexpr size_t kBlock = 512;
constexpr size_t kMaxEscape = 6;
// What a block can write beyond its own bytes: the rest of a word or of a character, the word
// stored over the end, the quotes.
constexpr size_t kBlockSlack = 4 * kWord;

void AppendQuoted(ByteBuffer& out, std::string_view text, Nul nul) {
  const auto* const begin = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = begin + text.size();
  Position at{begin, nullptr};
  for (bool opened = false; !opened || at.in != end; opened = true) {
    const size_t block = std::min(kBlock, static_cast<size_t>(end - at.in));
    const uint8_t* const block_end = at.in + block;
    at.write = out.Claim(block * kMaxEscape + kBlockSlack);
    if (!opened) *at.write++ = '"';
    while (at.in < block_end) {
      const uint64_t word = LoadNext(begin, at.in, end);
      StoreWord(at.write, word);  // what counts is advanced over, the rest written over
      const uint64_t care = CareIn(word);
      const size_t plain = care == 0 ? std::min(kWord, static_cast<size_t>(end - at.in))
                                     : static_cast<size_t>(std::countr_zero(care)) / 8;
      at = {at.in + plain, at.write + plain};
      if (care != 0) at = WriteWithCare(at, end, nul);
    }
    out.Commit(at.write);
  }
  out.Append('"');
}

}  // namespace

void AppendJsonString(ByteBuffer& out, std::string_view text) {
  AppendQuoted(out, text, Nul::kEscape);
}

void AppendJsonStringWithNuls(ByteBuffer& out, std::string_view text) {
  AppendQuoted(out, text, Nul::kShow);
}

void AppendDecimal(ByteBuffer& out, uint64_t value) {
  out.Commit(WriteDecimal(out.Claim(kMaxDecimalDigits + kDigitSlack), value));
}

void AppendHexBytes(ByteBuffer& out, std::span<const uint8_t> bytes, char separator) {
  if (bytes.empty()) return;
  char* const write = out.Claim(3 * bytes.size() + kDigitSlack);
  out.Commit(WriteHexBytes(write, bytes, separator));
}

}  // namespace espcap::encode
