// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/resume_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gcrypt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <system_error>

namespace espcap::resume {
namespace {

constexpr size_t kFingerprintDigits = 2 * Fingerprint().size();
constexpr char kAcknowledgedMark = '+';

std::string Hex(const Fingerprint& fingerprint) {
  return fmt::format("{:02x}", fmt::join(fingerprint, ""));
}

bool IsControl(char byte) { return static_cast<unsigned char>(byte) < ' ' || byte == '\x7F'; }

}  // namespace

std::string PurposeLine(std::string_view purpose) {
  gcry_check_version(nullptr);  // initialises libgcrypt where nobody has yet
  std::array<uint8_t, 32> digest{};
  gcry_md_hash_buffer(GCRY_MD_SHA256, digest.data(), purpose.data(), purpose.size());
  Fingerprint half{};
  std::copy_n(digest.begin(), half.size(), half.begin());
  return "purpose " + Hex(half);
}

std::string SettledLine(const SettledCapture& capture, std::string_view name) {
  std::string line = Hex(capture.fingerprint);
  if (capture.is_acknowledged) line += kAcknowledgedMark;
  line += ' ';
  for (const char byte : name.substr(0, kMaxResumeNameBytes)) {
    if (IsControl(byte) || byte == '\\') {
      fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(byte));
    } else {
      line += byte;
    }
  }
  return line + '\n';
}

std::optional<SettledCapture> ParseSettledLine(std::string_view line) {
  if (line.size() <= kFingerprintDigits || line.size() > kMaxResumeLineBytes) return std::nullopt;
  SettledCapture capture;
  std::string_view rest = line.substr(kFingerprintDigits);
  capture.is_acknowledged = rest.front() == kAcknowledgedMark;
  if (capture.is_acknowledged) rest.remove_prefix(1);
  if (!rest.starts_with(' ') || std::any_of(line.begin(), line.end(), IsControl)) {
    return std::nullopt;
  }
  const char* digits = line.data();
  for (uint8_t& byte : capture.fingerprint) {
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
    digits = end;
  }
  return capture;
}

}  // namespace espcap::resume
