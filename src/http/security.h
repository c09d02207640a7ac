// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a server is known to be the right one, and how it knows us: certificates and credentials, and
// what they set on libcurl's handles. Lives in the supervisor alone, made after the zygote.
#ifndef ESPCAP_HTTP_SECURITY_H_
#define ESPCAP_HTTP_SECURITY_H_

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "espcap/result.h"
#include "http/certificate_pin.h"
#include "http/node_url.h"

namespace espcap::http {

// One for all nodes. The options' names are those of its parts.
struct Security {
  std::string ca_file;                // PEM; empty: the system's CAs
  std::string client_cert;            // PEM, with its chain; empty: none
  std::string client_key;             // PEM; empty: it is in `client_cert`
  std::optional<CertificatePin> pin;  // the only trust anchor
  bool insecure = false;              // the server's certificate isn't checked
  base::Secret authorization;         // "Authorization: …", see authorization.h; empty: none
};

// Whether the parts go together and every file can be used; an error names option and file.
Result<void> CheckSecurity(const Security& security);

// What the user who starts a run should know about it: --insecure, credentials that others can
// read.
std::vector<std::string> SecurityWarnings(const Security& security,
                                          const std::vector<NodeUrl>& nodes);

struct TlsFindings;

// The security of one request; any number of them share a Security.
class RequestSecurity {
 public:
  explicit RequestSecurity(std::shared_ptr<const Security> security)
      : security_(std::move(security)) {}

  // For a request to `node`, on a fresh or reset handle: sets TLS, and as CURLOPT_HTTPHEADER
  // `headers` (borrowed; may be null) with the credentials before them. Neither this nor `headers`
  // moves until the request has ended.
  void Apply(CURL* easy, const NodeUrl& node, curl_slist* headers);

  // Why it failed and what to do; `reason` (libcurl's) where nothing is known better.
  [[nodiscard]] std::string Explain(CURLcode code, const std::string& reason) const;

 private:
  static CURLcode SetUpTls(CURL* easy, void* context, void* request);

  std::shared_ptr<const Security> security_;
  curl_slist authorization_{};
  bool is_https_ = false;
  std::string host_;
  std::shared_ptr<TlsFindings> findings_;  // shared with the connection, which can outlive us
};

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_SECURITY_H_
