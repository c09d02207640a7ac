// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/pem_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/secret_file.h"

namespace espcap::http {
namespace {

constexpr const char* kCertOption = "--client-cert";
constexpr const char* kKeyOption = "--client-key";

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

Result<Bio> Open(const char* option, const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return Fail("{} {}: is a directory", option, path);
  }
  Bio file(BIO_new_file(path.c_str(), "rb"));
  const int code = errno;
  ERR_clear_error();
  if (file == nullptr) {
    return Fail("{} {}: {}", option, path, std::generic_category().message(code));
  }
  return file;
}

// The first one of the file.
Result<Certificate> ReadCertificate(const char* option, const std::string& path) {
  auto file = Open(option, path);
  if (!file) return Forward(std::move(file));
  Certificate certificate(PEM_read_bio_X509(file->get(), nullptr, nullptr, nullptr));
  if (certificate != nullptr) return certificate;
  const bool is_other_form = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!is_other_form) return Fail("{} {}: its first certificate is damaged", option, path);
  return Fail(
      "{} {}: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); one in DER form "
      "becomes it by openssl x509 -inform der -in {} -out NEW",
      option, path, path);
}

// Asked for by OpenSSL where a key is encrypted, which else would ask the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

Result<Key> ReadKey(const char* option, const std::string& path) {
  if (auto checked = base::CheckSecretFile(option, path); !checked) {
    return Forward(std::move(checked));
  }
  auto file = Open(option, path);
  if (!file) return Forward(std::move(file));
  bool is_encrypted = false;
  Key key(PEM_read_bio_PrivateKey(file->get(), nullptr, NoPassphrase, &is_encrypted));
  ERR_clear_error();
  if (key != nullptr) return key;
  if (is_encrypted) {
    return Fail(
        "{} {}: a passphrase guards the key, and nobody can be asked for it; openssl pkey -in {} "
        "-out NEW removes it",
        option, path, path);
  }
  return Fail("{} {}: holds no private key in PEM form (-----BEGIN PRIVATE KEY-----){}", option,
              path, option == kCertOption ? "; --client-key says where it is" : "");
}

}  // namespace

Result<void> CheckCaFile(const std::string& path) {
  auto certificate = ReadCertificate("--ca-file", path);
  if (!certificate) return Forward(std::move(certificate));
  return {};
}

Result<void> CheckClientCertificate(const std::string& path, const std::string& key_path) {
  auto certificate = ReadCertificate(kCertOption, path);
  if (!certificate) return Forward(std::move(certificate));
  auto key = key_path.empty() ? ReadKey(kCertOption, path) : ReadKey(kKeyOption, key_path);
  if (!key) return Forward(std::move(key));
  const bool fits = X509_check_private_key(certificate->get(), key->get()) == 1;
  ERR_clear_error();
  if (!fits) {
    return Fail("{} {}: is not the key of the certificate {}", kKeyOption,
                key_path.empty() ? path : key_path, path);
  }
  return {};
}

}  // namespace espcap::http
