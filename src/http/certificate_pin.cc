// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/certificate_pin.h"

#include <charconv>
#include <system_error>

namespace espcap::http {

Result<CertificatePin> ParseCertificatePin(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ':') digits += c;
  }
  CertificatePin pin{};
  bool is_good = digits.size() == 2 * pin.size();
  for (size_t i = 0; is_good && i < pin.size(); ++i) {
    const char* const at = digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(at, at + 2, pin.at(i), 16);
    is_good = error == std::errc() && end == at + 2;
  }
  if (is_good) return pin;
  return Fail(
      "--fingerprint '{}': not the 64 hexadecimal digits of a SHA-256; "
      "openssl x509 -in CERT -noout -fingerprint -sha256 prints a certificate's",
      text);
}

std::string FormatCertificatePin(const CertificatePin& pin) {
  std::string text;
  for (const uint8_t byte : pin) text += fmt::format("{}{:02X}", text.empty() ? "" : ":", byte);
  return text;
}

}  // namespace espcap::http
