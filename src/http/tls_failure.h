// SPDX-License-Identifier: GPL-2.0-or-later
//
// Why a request failed below HTTP, in words that say what to do about it.
#ifndef ESPCAP_HTTP_TLS_FAILURE_H_
#define ESPCAP_HTTP_TLS_FAILURE_H_

#include <curl/curl.h>

#include <string>

#include "http/tls_findings.h"

namespace espcap::http {

struct RequestFailure {
  CURLcode code = CURLE_OK;
  std::string reason;  // libcurl's
  bool is_https = false;
  std::string host;
  std::string ca_file;      // empty: the system's
  std::string client_cert;  // empty: none is sent
  TlsFindings findings;
};

// A pure function; `reason` where nothing is known better, and without the credentials of a proxy's
// URL in it.
std::string Explain(const RequestFailure& failure);

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_TLS_FAILURE_H_
