// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/security.h"

#include <openssl/types.h>

#include <algorithm>

#include "http/pem_files.h"
#include "http/tls_failure.h"
#include "http/tls_verify.h"

namespace espcap::http {
namespace {

template <class Value>
void Set(CURL* easy, CURLoption option, Value value) {
  curl_easy_setopt(easy, option, value);
}

bool IsHttps(const NodeUrl& node) { return node.base.starts_with("https://"); }

// The options about certificates that are given.
std::vector<const char*> TlsOptions(const Security& security) {
  std::vector<const char*> given;
  if (!security.ca_file.empty()) given.push_back("--ca-file");
  if (security.pin) given.push_back("--fingerprint");
  if (security.insecure) given.push_back("--insecure");
  if (!security.client_cert.empty()) given.push_back("--client-cert");
  return given;
}

// An address without its brackets and zone.
std::string PlainHost(const std::string& host) {
  if (host.empty() || host.front() != '[') return host;
  return host.substr(1, std::min(host.find('%'), host.size() - 1) - 1);
}

}  // namespace

Result<void> CheckSecurity(const Security& security) {
  if (security.insecure && (security.pin || !security.ca_file.empty())) {
    return Fail("--insecure and {}: choose one, it checks nothing",
                security.pin ? "--fingerprint" : "--ca-file");
  }
  if (security.pin && !security.ca_file.empty()) {
    return Fail("--fingerprint and --ca-file: choose one, a pinned certificate is the only anchor");
  }
  if (!security.client_key.empty() && security.client_cert.empty()) {
    return Fail("--client-key: --client-cert is missing");
  }
  if (!security.ca_file.empty()) {
    if (auto checked = CheckCaFile(security.ca_file); !checked) return checked;
  }
  if (security.client_cert.empty()) return {};
  return CheckClientCertificate(security.client_cert, security.client_key);
}

std::vector<std::string> SecurityWarnings(const Security& security,
                                          const std::vector<NodeUrl>& nodes) {
  std::vector<std::string> warnings;
  const bool has_https = std::any_of(nodes.begin(), nodes.end(), IsHttps);
  const bool has_credentials = !security.authorization.empty();
  if (!has_https) {
    for (const char* option : TlsOptions(security)) {
      warnings.push_back(fmt::format("{} has no effect: no --node begins with https://", option));
    }
  } else if (security.insecure) {
    warnings.push_back(fmt::format(
        "--insecure: the server's certificate is not checked. Anyone on the way can read and "
        "change every document{}; --fingerprint is as easy and safe",
        has_credentials ? " and take the credentials" : ""));
  }
  for (const NodeUrl& node : nodes) {
    if (!has_credentials || IsHttps(node) || AllOnLoopback({node})) continue;
    warnings.push_back(fmt::format(
        "{}: the credentials go there without encryption, for everyone on the way to read; use "
        "https://",
        node.base));
  }
  return warnings;
}

void RequestSecurity::Apply(CURL* easy, const NodeUrl& node, curl_slist* headers) {
  is_https_ = IsHttps(node);
  host_ = PlainHost(node.host);
  findings_ = std::make_shared<TlsFindings>();
  // Reads the secret where it is; curl_slist_append() would leave copies of it.
  authorization_ = {const_cast<char*>(security_->authorization.c_str()), headers};
  Set(easy, CURLOPT_HTTPHEADER, security_->authorization.empty() ? headers : &authorization_);
  if (!is_https_) return;

  const bool is_checked = !security_->insecure;
  Set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(easy, CURLOPT_SSL_VERIFYPEER, is_checked ? 1L : 0L);
  // With a pin, only the handshake knows whether the name counts: see tls_verify.h.
  Set(easy, CURLOPT_SSL_VERIFYHOST, is_checked && !security_->pin ? 2L : 0L);
  if (security_->pin || !security_->ca_file.empty()) {
    // These instead of the system's CAs, which come from a file and a folder.
    Set(easy, CURLOPT_CAINFO, security_->pin ? nullptr : security_->ca_file.c_str());
    Set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!security_->client_cert.empty()) {
    const std::string& key =
        security_->client_key.empty() ? security_->client_cert : security_->client_key;
    Set(easy, CURLOPT_SSLCERT, security_->client_cert.c_str());
    Set(easy, CURLOPT_SSLKEY, key.c_str());
  }
  Set(easy, CURLOPT_SSL_CTX_FUNCTION, SetUpTls);
  Set(easy, CURLOPT_SSL_CTX_DATA, this);
}

CURLcode RequestSecurity::SetUpTls(CURL* /*easy*/, void* context, void* request) {
  const auto& self = *static_cast<const RequestSecurity*>(request);
  const auto installed =
      Install(static_cast<SSL_CTX*>(context),
              {self.findings_, self.security_->pin, !self.security_->insecure, self.host_});
  return installed ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

std::string RequestSecurity::Explain(CURLcode code, const std::string& reason) const {
  return http::Explain({code, reason, is_https_, host_, security_->ca_file, security_->client_cert,
                        findings_ ? *findings_ : TlsFindings{}});
}

}  // namespace espcap::http
