// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/value_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>

namespace espcap::report {
namespace {

struct ValueName {
  uint32_t value;
  std::string_view name;
};

constexpr ValueName kTlsVersions[] = {
    {0x0002, "SSL 2.0"}, {0x0300, "SSL 3.0"}, {0x0301, "TLS 1.0"},
    {0x0302, "TLS 1.1"}, {0x0303, "TLS 1.2"}, {0x0304, "TLS 1.3"},
};

// Those that are met in practice.
constexpr ValueName kCipherSuites[] = {
    {0x0004, "TLS_RSA_WITH_RC4_128_MD5"},
    {0x0005, "TLS_RSA_WITH_RC4_128_SHA"},
    {0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"},
    {0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
    {0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
    {0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"},
    {0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"},
    {0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"},
    {0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0x1301, "TLS_AES_128_GCM_SHA256"},
    {0x1302, "TLS_AES_256_GCM_SHA384"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    {0x1304, "TLS_AES_128_CCM_SHA256"},
    {0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    {0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
    {0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    {0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
};

// As Wireshark numbers them.
constexpr ValueName kSeverities[] = {
    {1048576, "comment"}, {2097152, "chat"},  {4194304, "note"},
    {6291456, "warning"}, {8388608, "error"},
};

// Wireshark's documents have some numbers in hexadecimal, those of 4.6 and later in decimal.
std::optional<uint32_t> NumberOf(std::string_view value) {
  const bool is_hex = value.starts_with("0x");
  const std::string_view digits = value.substr(is_hex ? 2 : 0);
  uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, is_hex ? 16 : 10);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

const ValueName* Find(std::span<const ValueName> names, std::string_view value) {
  const auto number = NumberOf(value);
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const ValueName& each) { return number == each.value; });
  return found == names.end() ? nullptr : &*found;
}

// As their registries write them.
std::string WithValue(std::span<const ValueName> names, std::string_view value) {
  const ValueName* const found = Find(names, value);
  return found == nullptr ? std::string(value)
                          : fmt::format("{} ({:#06x})", found->name, found->value);
}

}  // namespace

std::string TlsVersionName(std::string_view value) { return WithValue(kTlsVersions, value); }

std::string CipherSuiteName(std::string_view value) { return WithValue(kCipherSuites, value); }

std::string SeverityName(std::string_view value) {
  const ValueName* const found = Find(kSeverities, value);
  return std::string(found == nullptr ? value : found->name);
}

}  // namespace espcap::report
