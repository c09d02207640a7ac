// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/tls_verify.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <utility>
#include <vector>

namespace espcap::http {
namespace {

constexpr size_t kMaxNames = 16;
constexpr size_t kMaxNameBytes = 256;  // a host has 253
constexpr size_t kMaxChain = 10;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

// The certificates in it stay their owner's.
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

// What a server says of itself goes to terminals and logs.
std::string Printable(std::string_view text) {
  std::string shown(text.substr(0, kMaxNameBytes));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return shown;
}

std::string TextOf(const X509_NAME* name) {
  constexpr unsigned long kForm =
      XN_FLAG_ONELINE & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || X509_NAME_print_ex(bio.get(), name, 0, kForm) < 0) return "?";
  const char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return Printable({text, static_cast<size_t>(length)});
}

std::string TimeText(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  std::array<char, 32> text{};
  const size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text.data(), length};
}

std::string TextOf(const ASN1_STRING* text) {
  return Printable({reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                    static_cast<size_t>(ASN1_STRING_length(text))});
}

std::string AddressText(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(address) != 16) return "?";
  ::inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size());
  return text.data();
}

// The subject's common name counts only where there are no other names.
std::vector<std::string> NamesOf(const X509* certificate) {
  std::vector<std::string> texts;
  const std::unique_ptr<GENERAL_NAMES, Free> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()) && texts.size() < kMaxNames; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) texts.push_back(TextOf(name->d.dNSName));
    if (name->type == GEN_IPADD) texts.push_back(AddressText(name->d.iPAddress));
  }
  if (!texts.empty()) return texts;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) {
    texts.push_back(TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
  }
  return texts;
}

CertificatePin PinOf(const X509* certificate) {
  CertificatePin pin{};
  unsigned length = 0;
  X509_digest(certificate, EVP_sha256(), pin.data(), &length);
  return pin;
}

void RecordFault(X509_STORE_CTX* store, TlsFindings& findings) {
  findings.verify_error = X509_STORE_CTX_get_error(store);
  const X509* certificate = X509_STORE_CTX_get_current_cert(store);
  if (certificate == nullptr) certificate = X509_STORE_CTX_get0_cert(store);
  findings.subject = TextOf(X509_get_subject_name(certificate));
  findings.issuer = TextOf(X509_get_issuer_name(certificate));
  findings.not_before = TimeText(X509_get0_notBefore(certificate));
  findings.not_after = TimeText(X509_get0_notAfter(certificate));
}

void ExpectName(X509_STORE_CTX* store, const SSL* connection, const std::string& host) {
  X509_VERIFY_PARAM* const wanted = X509_STORE_CTX_get0_param(store);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // The name that the server was asked for, which is in ASCII; no address is.
  const char* const asked = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
  if (asked != nullptr) {
    X509_VERIFY_PARAM_set1_host(wanted, asked, 0);
  } else if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
  }
}

// The one of the server's certificates, its own first.
X509* FindPinned(X509_STORE_CTX* store, const CertificatePin& pin, TlsFindings& findings) {
  std::vector<X509*> sent = {X509_STORE_CTX_get0_cert(store)};
  STACK_OF(X509)* const others = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(others) && sent.size() < kMaxChain; ++i) {
    X509* const other = sk_X509_value(others, i);
    if (other != sent.front()) sent.push_back(other);
  }
  std::vector<CertificatePin> chain;
  for (X509* certificate : sent) {
    chain.push_back(PinOf(certificate));
    if (chain.back() == pin) return certificate;
  }
  findings.pin_is_missing = true;
  findings.chain = std::move(chain);
  return nullptr;
}

int AttachedIndex();

// OpenSSL's own check runs in every case; this decides what it trusts. The signature is OpenSSL's.
int VerifyChain(X509_STORE_CTX* store, void* /*argument*/) {
  const auto* connection = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* attached = static_cast<const TlsVerification*>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), AttachedIndex()));
  TlsFindings& findings = *attached->findings;
  const X509* own = X509_STORE_CTX_get0_cert(store);
  findings.names = NamesOf(own);
  const std::unique_ptr<STACK_OF(X509), FreeStack> trusted(sk_X509_new_null());
  if (attached->pin) {
    X509* const pinned = FindPinned(store, *attached->pin, findings);
    if (pinned == nullptr || trusted == nullptr || sk_X509_push(trusted.get(), pinned) == 0) {
      X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
      return 0;
    }
    X509_STORE_CTX_set0_trusted_stack(store, trusted.get());
    // An anchor needs no issuer, though it may have one.
    X509_STORE_CTX_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    if (pinned != own) ExpectName(store, connection, attached->host);
  }
  if (X509_verify_cert(store) == 1) return 1;
  RecordFault(store, findings);
  return 0;
}

void NoteAlert(const SSL* connection, int where, int value) {
  if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT) return;
  const auto alert = static_cast<unsigned>(value);
  const auto* attached = static_cast<const TlsVerification*>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), AttachedIndex()));
  if (alert >> 8U == SSL3_AL_FATAL) attached->findings->alert = static_cast<int>(alert & 0xFFU);
}

void FreeAttached(void* /*parent*/, void* attached, CRYPTO_EX_DATA* /*data*/, int /*index*/,
                  long /*argument*/, void* /*pointer*/) {
  delete static_cast<TlsVerification*>(attached);
}

int AttachedIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, FreeAttached);
  return index;
}

}  // namespace

Result<void> Install(SSL_CTX* context, TlsVerification verification) {
  auto attached = std::make_unique<TlsVerification>(std::move(verification));
  if (SSL_CTX_set_ex_data(context, AttachedIndex(), attached.get()) != 1) {
    return Fail("prepare TLS: out of memory");
  }
  const bool is_checked = attached.release()->is_checked;  // the context's, see FreeAttached
  if (is_checked) SSL_CTX_set_cert_verify_callback(context, VerifyChain, nullptr);
  SSL_CTX_set_info_callback(context, NoteAlert);
  return {};
}

}  // namespace espcap::http
