// SPDX-License-Identifier: GPL-2.0-or-later
//
// Digits straight into memory, from tables of two or three at a time. Each function returns the end
// of what it wrote. REQUIRES everywhere: room for the digits, and kDigitSlack bytes more, which may
// be overwritten; so write into a claim of a ByteBuffer, from left to right.
#ifndef ESPCAP_ENCODE_DIGITS_H_
#define ESPCAP_ENCODE_DIGITS_H_

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace espcap::encode {

inline constexpr size_t kMaxDecimalDigits = 20;
inline constexpr unsigned kMaxHexDigits = 16;
inline constexpr size_t kDigitSlack = 4;

using DigitPair = std::array<char, 2>;

// 0 to 255, as they stand in most fields, in IPv4 addresses above all.
struct ByteDecimal {
  std::array<char, 3> digits;
  uint8_t count;
};

inline constexpr std::array<DigitPair, 100> kDecimalPairs = [] {
  std::array<DigitPair, 100> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) {
    pairs.at(i) = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  }
  return pairs;
}();

inline constexpr std::array<DigitPair, 256> kHexPairs = [] {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<DigitPair, 256> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) pairs.at(i) = {kDigits[i / 16], kDigits[i % 16]};
  return pairs;
}();

inline constexpr std::array<ByteDecimal, 256> kByteDecimals = [] {
  std::array<ByteDecimal, 256> decimals{};
  for (size_t i = 0; i < decimals.size(); ++i) {
    const char hundreds = static_cast<char>('0' + i / 100);
    const char tens = static_cast<char>('0' + i / 10 % 10);
    const char ones = static_cast<char>('0' + i % 10);
    if (i >= 100) {
      decimals.at(i) = {{hundreds, tens, ones}, 3};
    } else if (i >= 10) {
      decimals.at(i) = {{tens, ones, '\0'}, 2};
    } else {
      decimals.at(i) = {{ones, '\0', '\0'}, 1};
    }
  }
  return decimals;
}();

// `text` as it is.
inline char* WriteText(char* write, std::string_view text) {
  std::memcpy(write, text.data(), text.size());
  return write + text.size();
}

inline char* WriteByteDecimal(char* write, uint8_t value) {
  const ByteDecimal& decimal = kByteDecimals[value];
  std::memcpy(write, &decimal, sizeof(decimal));  // the count goes into the slack
  return write + decimal.count;
}

// REQUIRES: value < 100.
inline char* WriteTwoDigits(char* write, unsigned value) {
  std::memcpy(write, kDecimalPairs[value].data(), 2);
  return write + 2;
}

inline unsigned CountDecimalDigits(uint64_t value) {
  constexpr std::array<uint64_t, 20> kPowers = [] {
    std::array<uint64_t, 20> powers{};
    uint64_t power = 1;
    for (uint64_t& entry : powers) {
      entry = power;
      power *= 10;
    }
    powers[0] = 0;  // 0 has a digit
    return powers;
  }();
  // 1233 / 4096 is a little more than log10(2): the estimate is exact or one too few.
  const auto estimate = static_cast<unsigned>(std::bit_width(value | 1U)) * 1233U >> 12U;
  return estimate + (value >= kPowers[estimate] ? 1U : 0U);
}

inline char* WriteDecimal(char* write, uint64_t value) {
  if (value < kByteDecimals.size()) return WriteByteDecimal(write, static_cast<uint8_t>(value));
  char* const end = write + CountDecimalDigits(value);
  char* digit = end;
  for (; value >= 100; value /= 100) {
    digit -= 2;
    WriteTwoDigits(digit, static_cast<unsigned>(value % 100));
  }
  if (value >= 10) {
    WriteTwoDigits(digit - 2, static_cast<unsigned>(value));
  } else {
    digit[-1] = static_cast<char>('0' + value);
  }
  return end;
}

inline char* WriteSignedDecimal(char* write, int64_t value) {
  if (value >= 0) return WriteDecimal(write, static_cast<uint64_t>(value));
  *write = '-';
  return WriteDecimal(write + 1, 0U - static_cast<uint64_t>(value));
}

// At least `width` digits, more where the value needs them. REQUIRES: width <= kMaxDecimalDigits.
inline char* WritePadded(char* write, uint64_t value, unsigned width) {
  for (unsigned count = CountDecimalDigits(value); count < width; ++count) *write++ = '0';
  return WriteDecimal(write, value);
}

// The fraction of a second; nine digits for every value below 1,000,000,000, more above.
inline char* WriteNanoseconds(char* write, uint64_t value) {
  constexpr uint64_t kSecond = 1'000'000'000;
  if (value >= kSecond) return WriteDecimal(write, value);
  auto rest = static_cast<uint32_t>(value);
  for (int place = 7; place > 0; place -= 2) {
    WriteTwoDigits(write + place, rest % 100);
    rest /= 100;
  }
  write[0] = static_cast<char>('0' + rest);
  return write + 9;
}

// Without leading zeros; 0 has one.
inline unsigned CountHexDigits(uint64_t value) {
  return (static_cast<unsigned>(std::bit_width(value | 1U)) + 3) / 4;
}

// Exactly `width` lower-case digits, the low ones.
inline char* WriteHex(char* write, uint64_t value, unsigned width) {
  char* digit = write + width;
  for (; digit - write >= 2; value >>= 8U) {
    digit -= 2;
    std::memcpy(digit, kHexPairs[value & 0xFFU].data(), 2);
  }
  if (digit != write) *write = kHexPairs[value & 0xFU][1];
  return write + width;
}

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_DIGITS_H_
