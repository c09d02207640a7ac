// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/tls_failure.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string_view>
#include <vector>

namespace espcap::http {
namespace {

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string OtherName(const RequestFailure& failure) {
  const auto& names = failure.findings.names;
  if (names.empty()) {
    return fmt::format("the server's certificate names no host, so it isn't one for {}",
                       failure.host);
  }
  return fmt::format(
      "the server's certificate is for {}, not for {}: use one of its names in --node, or give the "
      "server a certificate with this one",
      fmt::join(names, ", "), failure.host);
}

std::string MissingPin(const RequestFailure& failure) {
  std::vector<std::string> pins;
  pins.reserve(failure.findings.chain.size());
  for (const CertificatePin& pin : failure.findings.chain) {
    pins.push_back(FormatCertificatePin(pin));
  }
  return fmt::format(
      "no certificate that the server sent has the SHA-256 of --fingerprint: it isn't the server "
      "you mean, or it has got another certificate. It sent (its own first) {}",
      fmt::join(pins, ", "));
}

std::string UnknownIssuer(const RequestFailure& failure) {
  const TlsFindings& findings = failure.findings;
  if (!failure.ca_file.empty()) {
    return fmt::format(
        "--ca-file {} has not signed the server's certificate ('{}', signed by '{}'): give the CA "
        "that has",
        failure.ca_file, findings.subject, findings.issuer);
  }
  return fmt::format(
      "the server's certificate '{}' is signed by '{}', which this machine doesn't trust: give its "
      "CA with --ca-file, or the SHA-256 of either with --fingerprint",
      findings.subject, findings.issuer);
}

// The chain of the server's certificate isn't one.
std::string BadChain(const RequestFailure& failure) {
  const TlsFindings& findings = failure.findings;
  switch (findings.verify_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format(
          "the certificate '{}' has expired: it was good until {}. The server needs a new one (if "
          "this machine's clock is right)",
          findings.subject, findings.not_after);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format(
          "the certificate '{}' is not good yet: it begins on {}. Is this machine's clock right?",
          findings.subject, findings.not_before);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return OtherName(failure);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return UnknownIssuer(failure);
    default:
      return fmt::format("the certificate '{}' can't be trusted: {}", findings.subject,
                         X509_verify_cert_error_string(findings.verify_error));
  }
}

// The server ended the connection with an alert; empty where that says nothing to a user.
std::string FromAlert(const RequestFailure& failure) {
  const int alert = *failure.findings.alert;
  const std::string text = SSL_alert_desc_string_long(alert);
  switch (alert) {
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_NO_CERTIFICATE:
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REQUIRED:
      if (failure.client_cert.empty()) {
        return fmt::format(
            "the server ended the connection ({}): it seems to want a client certificate, see "
            "--client-cert and --client-key",
            text);
      }
      [[fallthrough]];
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_DECRYPT_ERROR:
      return fmt::format("the server refuses the certificate of --client-cert {} ({})",
                         failure.client_cert, text);
    case SSL_AD_PROTOCOL_VERSION:
      return "the server speaks no TLS 1.2 or newer, and espcap nothing older";
    case SSL_AD_UNRECOGNIZED_NAME:
      return fmt::format("the server says that it isn't {} ({})", failure.host, text);
    default:
      return {};
  }
}

// libcurl shows a proxy's URL where it can't read it.
std::string WithoutCredentials(const std::string& reason) {
  const size_t end = reason.rfind('@');
  const size_t start = reason.find('\'');
  if (end == std::string::npos || start == std::string::npos || start > end) return reason;
  return reason.substr(0, start + 1) + "…" + reason.substr(end);
}

}  // namespace

std::string Explain(const RequestFailure& failure) {
  const TlsFindings& findings = failure.findings;
  if (findings.pin_is_missing) return MissingPin(failure);
  if (findings.verify_error != X509_V_OK) return BadChain(failure);
  // Names are compared after the chain was found good.
  if (failure.code == CURLE_PEER_FAILED_VERIFICATION) return OtherName(failure);
  if (findings.alert) {
    if (std::string text = FromAlert(failure); !text.empty()) return text;
  }
  if (failure.code == CURLE_SSL_CONNECT_ERROR && Contains(failure.reason, "wrong version number")) {
    return "the server answers without TLS: write http:// in --node where that is right";
  }
  if (failure.code == CURLE_SSL_CONNECT_ERROR && Contains(failure.reason, "unsupported protocol")) {
    return "the server speaks no TLS 1.2 or newer, and espcap nothing older";
  }
  if (failure.code == CURLE_SSL_CACERT_BADFILE) {
    return fmt::format("{}: {}", failure.reason,
                       failure.ca_file.empty() ? "install ca-certificates, or give --ca-file"
                                               : "look at --ca-file");
  }
  if (Contains(failure.reason, "CONNECT tunnel failed, response 407")) {
    return "the proxy wants other credentials: https_proxy=http://user:password@proxy";
  }
  // Elasticsearch itself ends a connection that doesn't begin with TLS where it wants that.
  if (failure.code == CURLE_GOT_NOTHING && !failure.is_https) {
    return failure.reason + "; where this is an https port, write https:// in --node";
  }
  return WithoutCredentials(failure.reason);
}

}  // namespace espcap::http
