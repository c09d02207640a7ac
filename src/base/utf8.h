// SPDX-License-Identifier: GPL-2.0-or-later
//
// UTF-8, sequence by sequence.
#ifndef ESPCAP_BASE_UTF8_H_
#define ESPCAP_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>

namespace espcap::base {

struct Utf8Sequence {
  size_t length;  // of the well-formed sequence, or of the maximal ill-formed subsequence
  bool valid;
};

// Reads one sequence that starts with a byte >= 0x80, by the table of well-formed UTF-8 byte
// sequences (Unicode 15, table 3-7).
inline Utf8Sequence ReadUtf8Sequence(const uint8_t* in, const uint8_t* end) {
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

}  // namespace espcap::base

#endif  // ESPCAP_BASE_UTF8_H_
