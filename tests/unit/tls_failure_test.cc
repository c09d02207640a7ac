// SPDX-License-Identifier: GPL-2.0-or-later
//
// How the findings come about is for the integration tests, with real servers.
#include "http/tls_failure.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string>
#include <vector>

namespace espcap::http {
namespace {

RequestFailure Failure(CURLcode code, const std::string& reason = "libcurl's reason") {
  RequestFailure failure;
  failure.code = code;
  failure.reason = reason;
  failure.is_https = true;
  failure.host = "es.example";
  return failure;
}

RequestFailure BadChain(int verify_error) {
  RequestFailure failure = Failure(CURLE_PEER_FAILED_VERIFICATION);
  failure.findings = {{"db.example", "192.0.2.7"},
                      verify_error,
                      "CN = db.example",
                      "CN = lab CA",
                      "2024-01-02 03:04:05 UTC",
                      "2025-01-02 03:04:05 UTC",
                      false,
                      {},
                      {}};
  return failure;
}

RequestFailure Alert(int alert, const std::string& client_cert = "") {
  RequestFailure failure = Failure(CURLE_SSL_CONNECT_ERROR);
  failure.findings.alert = alert;
  failure.client_cert = client_cert;
  return failure;
}

struct Case {
  RequestFailure failure;
  std::vector<std::string> says;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string text = Explain(c.failure);
    for (const std::string& part : c.says) {
      EXPECT_NE(text.find(part), std::string::npos)
          << "'" << part << "' is not in '" << text << "'";
    }
  }
}

TEST(TlsFailure, AChainThatIsNotGood) {
  std::vector<Case> cases;
  for (const int error :
       {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
        X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN}) {
    cases.push_back(
        {BadChain(error), {"'CN = db.example'", "'CN = lab CA'", "--ca-file", "--fingerprint"}});
    RequestFailure with_file = BadChain(error);
    with_file.ca_file = "ca.pem";
    cases.push_back({with_file, {"--ca-file ca.pem has not signed", "'CN = lab CA'"}});
  }
  cases.push_back({BadChain(X509_V_ERR_CERT_HAS_EXPIRED),
                   {"'CN = db.example' has expired", "until 2025-01-02 03:04:05 UTC"}});
  cases.push_back({BadChain(X509_V_ERR_CERT_NOT_YET_VALID),
                   {"not good yet", "begins on 2024-01-02 03:04:05 UTC", "clock"}});
  cases.push_back({BadChain(X509_V_ERR_HOSTNAME_MISMATCH),
                   {"is for db.example, 192.0.2.7, not for es.example", "--node"}});
  cases.push_back({BadChain(X509_V_ERR_IP_ADDRESS_MISMATCH), {"is for db.example, 192.0.2.7"}});
  cases.push_back({BadChain(X509_V_ERR_INVALID_PURPOSE), {"'CN = db.example'", "purpose"}});
  Check(cases);
}

TEST(TlsFailure, ANameThatIsNotTheCertificates) {
  RequestFailure other = BadChain(X509_V_OK);
  RequestFailure nameless = other;
  nameless.findings.names = {};
  Check({{other, {"is for db.example, 192.0.2.7, not for es.example"}},
         {nameless, {"names no host", "es.example"}}});
}

TEST(TlsFailure, ACertificateThatIsNotThePinnedOne) {
  RequestFailure failure = BadChain(X509_V_OK);
  failure.findings.pin_is_missing = true;
  failure.findings.chain = {CertificatePin{0xAB}, CertificatePin{0xCD}};
  Check({{failure, {"--fingerprint", "AB:00:", "CD:00:"}}});
}

TEST(TlsFailure, TheServersAlert) {
  std::vector<Case> cases;
  for (const int alert :
       {SSL_AD_HANDSHAKE_FAILURE, SSL_AD_BAD_CERTIFICATE, SSL_AD_CERTIFICATE_REQUIRED}) {
    cases.push_back({Alert(alert), {"want a client certificate", "--client-cert", "--client-key"}});
  }
  for (const int alert : {SSL_AD_HANDSHAKE_FAILURE, SSL_AD_BAD_CERTIFICATE, SSL_AD_UNKNOWN_CA,
                          SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_DECRYPT_ERROR}) {
    cases.push_back({Alert(alert, "me.pem"), {"refuses the certificate of --client-cert me.pem"}});
  }
  // TLS 1.3 tells of it after the handshake.
  RequestFailure late = Alert(SSL_AD_CERTIFICATE_REQUIRED);
  late.code = CURLE_RECV_ERROR;
  cases.push_back({late, {"want a client certificate"}});
  cases.push_back({Alert(SSL_AD_PROTOCOL_VERSION), {"no TLS 1.2 or newer"}});
  cases.push_back({Alert(SSL_AD_UNRECOGNIZED_NAME), {"isn't es.example"}});
  cases.push_back({Alert(SSL_AD_INTERNAL_ERROR), {"libcurl's reason"}});
  Check(cases);
}

TEST(TlsFailure, TheOtherProtocol) {
  RequestFailure plain = Failure(CURLE_GOT_NOTHING, "Empty reply from server");
  plain.is_https = false;
  Check({{Failure(CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number"),
          {"without TLS", "http:// in --node"}},
         {Failure(CURLE_SSL_CONNECT_ERROR, "error:0A000102:SSL routines::unsupported protocol"),
          {"no TLS 1.2 or newer"}},
         {plain, {"Empty reply from server", "https:// in --node"}}});
}

TEST(TlsFailure, CasThatAreNotThere) {
  RequestFailure failure = Failure(CURLE_SSL_CACERT_BADFILE);
  Check({{failure, {"libcurl's reason", "ca-certificates", "--ca-file"}}});
  failure.ca_file = "ca.pem";
  Check({{failure, {"libcurl's reason", "--ca-file"}}});
}

TEST(TlsFailure, OthersAreLibcurlsBusiness) {
  for (const char* reason : {"Connection refused", "Could not resolve host: es.example", ""}) {
    EXPECT_EQ(Explain(Failure(CURLE_COULDNT_CONNECT, reason)), reason);
  }
  EXPECT_EQ(Explain(Failure(CURLE_GOT_NOTHING, "Empty reply from server")),
            "Empty reply from server");
}

TEST(TlsFailure, AProxyThatWantsOtherCredentials) {
  Check({{Failure(CURLE_RECV_ERROR, "CONNECT tunnel failed, response 407"),
          {"proxy wants other credentials", "https_proxy="}}});
}

TEST(TlsFailure, AProxysPasswordIsNotShown) {
  EXPECT_EQ(Explain(Failure(CURLE_COULDNT_RESOLVE_PROXY,
                            "Unsupported proxy syntax in 'http://me:s3cret@proxy:x': Port number")),
            "Unsupported proxy syntax in '…@proxy:x': Port number");
}

}  // namespace
}  // namespace espcap::http
