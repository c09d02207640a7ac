// SPDX-License-Identifier: GPL-2.0-or-later
//
// --fingerprint: the SHA-256 of a certificate that is trusted by itself, and no other.
#ifndef ESPCAP_HTTP_CERTIFICATE_PIN_H_
#define ESPCAP_HTTP_CERTIFICATE_PIN_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "espcap/result.h"

namespace espcap::http {

// Of the certificate's DER form, as Elasticsearch prints it at its first start and `openssl x509
// -fingerprint -sha256` does.
using CertificatePin = std::array<uint8_t, 32>;

// From hexadecimal digits of either case, with or without colons.
Result<CertificatePin> ParseCertificatePin(std::string_view text);

// With colons, in capitals.
std::string FormatCertificatePin(const CertificatePin& pin);

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_CERTIFICATE_PIN_H_
