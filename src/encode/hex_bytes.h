// SPDX-License-Identifier: GPL-2.0-or-later
//
// Bytes as two lower-case hex digits each, straight into memory: payloads are the longest values of
// all. With SSSE3, which every x86-64 processor since 2006 has, sixteen bytes at a time; it is
// asked for at run time, as the build targets plain x86-64. Elsewhere a table does the same.
#ifndef ESPCAP_ENCODE_HEX_BYTES_H_
#define ESPCAP_ENCODE_HEX_BYTES_H_

#include <cstdint>
#include <cstring>
#include <span>

#include "encode/digits.h"

#if defined(__x86_64__)
#include <tmmintrin.h>
#endif

namespace espcap::encode {

namespace hex_bytes {

// What one byte becomes, its separator included.
constexpr size_t Width(char separator) { return separator == '\0' ? 2 : 3; }

// Every function writes a separator after each byte, the last one too, and returns the end.
inline char* WriteByTable(char* write, std::span<const uint8_t> bytes, char separator) {
  const size_t width = Width(separator);
  for (const uint8_t byte : bytes) {
    std::memcpy(write, kHexPairs[byte].data(), 2);
    write[2] = separator;  // written over where there is none
    write += width;
  }
  return write;
}

#if defined(__x86_64__)

inline constexpr size_t kAtOnce = 16;

inline const bool kHasSsse3 = __builtin_cpu_supports("ssse3");

// The digits of eight bytes, sixteen characters, with a separator after each pair: 24 characters.
[[gnu::target("ssse3")]] inline char* SpreadPairs(char* write, __m128i digits, __m128i separators) {
  constexpr char kGap = -1;  // gives a zero byte, into which the separator goes
  const __m128i head =
      _mm_setr_epi8(0, 1, kGap, 2, 3, kGap, 4, 5, kGap, 6, 7, kGap, 8, 9, kGap, 10);
  const __m128i tail = _mm_setr_epi8(11, kGap, 12, 13, kGap, 14, 15, kGap, kGap, kGap, kGap, kGap,
                                     kGap, kGap, kGap, kGap);
  const __m128i head_gaps = _mm_cmplt_epi8(head, _mm_setzero_si128());
  const __m128i tail_gaps = _mm_cmplt_epi8(tail, _mm_setzero_si128());
  _mm_storeu_si128(
      reinterpret_cast<__m128i*>(write),
      _mm_or_si128(_mm_shuffle_epi8(digits, head), _mm_and_si128(head_gaps, separators)));
  _mm_storel_epi64(
      reinterpret_cast<__m128i*>(write + 16),
      _mm_or_si128(_mm_shuffle_epi8(digits, tail), _mm_and_si128(tail_gaps, separators)));
  return write + 24;
}

// REQUIRES: kHasSsse3, and a whole number of kAtOnce bytes.
[[gnu::target("ssse3")]] inline char* WriteByShuffle(char* write, std::span<const uint8_t> bytes,
                                                     char separator) {
  const __m128i digits =
      _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
  const __m128i nibble = _mm_set1_epi8(0x0F);
  const __m128i separators = _mm_set1_epi8(separator);
  const uint8_t* const end = bytes.data() + bytes.size();
  for (const uint8_t* in = bytes.data(); in != end; in += kAtOnce) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    const __m128i high = _mm_shuffle_epi8(digits, _mm_and_si128(_mm_srli_epi16(block, 4), nibble));
    const __m128i low = _mm_shuffle_epi8(digits, _mm_and_si128(block, nibble));
    const __m128i first = _mm_unpacklo_epi8(high, low);
    const __m128i second = _mm_unpackhi_epi8(high, low);
    if (separator == '\0') {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(write), first);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(write + 16), second);
      write += 32;
    } else {
      write = SpreadPairs(write, first, separators);
      write = SpreadPairs(write, second, separators);
    }
  }
  return write;
}

#endif

}  // namespace hex_bytes

// Digits with `separator` between bytes; '\0' is none. REQUIRES: room for three characters a byte.
inline char* WriteHexBytes(char* write, std::span<const uint8_t> bytes, char separator) {
  if (bytes.empty()) return write;
#if defined(__x86_64__)
  const size_t blocks = bytes.size() - bytes.size() % hex_bytes::kAtOnce;
  if (blocks != 0 && hex_bytes::kHasSsse3) {
    write = hex_bytes::WriteByShuffle(write, bytes.first(blocks), separator);
    bytes = bytes.subspan(blocks);
  }
#endif
  write = hex_bytes::WriteByTable(write, bytes, separator);
  return separator == '\0' ? write : write - 1;
}

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_HEX_BYTES_H_
