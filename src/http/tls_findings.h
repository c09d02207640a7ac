// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a handshake brought to light, as plain values, to explain its failure.
#ifndef ESPCAP_HTTP_TLS_FINDINGS_H_
#define ESPCAP_HTTP_TLS_FINDINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "http/certificate_pin.h"

namespace espcap::http {

struct TlsFindings {
  std::vector<std::string> names;  // hosts and addresses that the server's certificate is for

  // The first fault of its chain, and the certificate that has it.
  int verify_error = 0;  // OpenSSL's X509_V_ERR_…; 0: none
  std::string subject;
  std::string issuer;
  std::string not_before;  // "2025-01-31 12:00:00 UTC"
  std::string not_after;

  bool pin_is_missing = false;
  std::vector<CertificatePin> chain;  // where it is: of what the server sent

  std::optional<int> alert;  // fatal, from the server (RFC 8446, 6.2)
};

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_TLS_FINDINGS_H_
