// SPDX-License-Identifier: GPL-2.0-or-later
//
// The part of certificate checking that libcurl has no option for: one pinned certificate as the
// only trust anchor, and the reasons of a refusal.
#ifndef ESPCAP_HTTP_TLS_VERIFY_H_
#define ESPCAP_HTTP_TLS_VERIFY_H_

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>

#include "espcap/result.h"
#include "http/certificate_pin.h"
#include "http/tls_findings.h"

namespace espcap::http {

struct TlsVerification {
  std::shared_ptr<TlsFindings> findings;  // never null
  std::optional<CertificatePin> pin;
  bool is_checked = true;  // --insecure
  std::string
      host;  // with a pin: the host that the certificate must be for, where it isn't the pinned one
};

// For connections made from `context`, which keeps `verification`. Without a pin the chain is
// checked as the context is set up to, and the name by its owner.
Result<void> Install(SSL_CTX* context, TlsVerification verification);

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_TLS_VERIFY_H_
