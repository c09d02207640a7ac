// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/document_id.h"

#include <string_view>

namespace espcap::document {
namespace {

constexpr size_t kFingerprintDigits = 22;
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string CaptureId(const Fingerprint& fingerprint) {
  std::string id;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const uint8_t byte : fingerprint) {
    bits = bits << 8U | byte;
    for (count += 8; count >= 6; count -= 6) id += kDigits[bits >> (count - 6) & 0x3FU];
  }
  if (count > 0) id += kDigits[bits << (6 - count) & 0x3FU];
  return id;
}

std::string DocumentId(const Fingerprint& fingerprint, uint32_t record_number, bool is_error) {
  return CaptureId(fingerprint) + '-' + std::to_string(record_number) + (is_error ? "-error" : "");
}

bool IsCaptureId(std::string_view text) {
  return text.size() == kFingerprintDigits &&
         text.find_first_not_of(kDigits) == std::string_view::npos;
}

std::optional<Fingerprint> ParseCaptureId(std::string_view text) {
  if (text.size() != kFingerprintDigits) return std::nullopt;
  Fingerprint fingerprint{};
  size_t next = 0;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char digit : text) {
    const size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    fingerprint.at(next++) = static_cast<uint8_t>(bits >> count);
  }
  // No bits are left over.
  const bool is_whole = (bits & ((1U << count) - 1)) == 0;
  return is_whole ? std::optional(fingerprint) : std::nullopt;
}

std::optional<Fingerprint> FingerprintOf(std::string_view id) {
  if (id.size() < kFingerprintDigits + 2 || id[kFingerprintDigits] != '-') return std::nullopt;
  return ParseCaptureId(id.substr(0, kFingerprintDigits));
}

}  // namespace espcap::document
