// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/secret_inputs.h"

#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace espcap::cli {
namespace {

using base::Secret;

// Those that libcurl reads, and the one that it leaves to CGI.
constexpr std::array kProxyVariables = {"http_proxy",  "HTTP_PROXY", "https_proxy",
                                        "HTTPS_PROXY", "all_proxy",  "ALL_PROXY"};

std::span<char> BytesOf(char* text) { return {text, std::strlen(text)}; }

Secret ExtractVariable(const char* name) {
  const size_t name_length = std::strlen(name);
  Secret secret;
  // A name can be there more than once: getenv(3) finds the first.
  for (char* const* entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, name, name_length) != 0 || (*entry)[name_length] != '=') continue;
    const std::span<char> value = BytesOf(*entry + name_length + 1);
    if (secret.empty()) secret = Secret(std::string_view(value.data(), value.size()));
    base::Wipe(value);
  }
  ::unsetenv(name);
  return secret;
}

std::vector<SecretInputs::Proxy> ExtractProxies() {
  std::vector<SecretInputs::Proxy> proxies;
  for (const char* variable : kProxyVariables) {
    const char* value = std::getenv(variable);
    if (value == nullptr || std::strchr(value, '@') == nullptr) continue;
    proxies.push_back({variable, ExtractVariable(variable)});
  }
  return proxies;
}

int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int small = c | 0x20;
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

Secret PercentDecoded(std::string_view text) {
  Secret decoded(text.size());
  size_t length = 0;
  for (size_t i = 0; i < text.size(); ++i, ++length) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size() && DigitValue(text[i + 1]) >= 0 &&
                           DigitValue(text[i + 2]) >= 0;
    if (is_escape) {
      decoded.bytes()[length] =
          static_cast<char>(DigitValue(text[i + 1]) * 16 + DigitValue(text[i + 2]));
      i += 2;
    } else {
      decoded.bytes()[length] = text[i];
    }
  }
  decoded.Shorten(length);
  return decoded;
}

// What is before the '@' of a URL; it and the '@' are gone from `url` then.
std::optional<Secret> CutUserinfo(char* url) {
  const std::string_view text(url);
  const size_t scheme = text.find("://");
  const size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos || at < start) return std::nullopt;
  Secret userinfo(text.substr(start, at - start));
  const size_t kept = text.size() - (at + 1);
  std::memmove(url + start, url + at + 1, kept);
  base::Wipe({url + start + kept, at + 1 - start});
  return userinfo;
}

Result<void> ExtractUserinfo(char* url, SecretInputs& inputs) {
  const std::optional<Secret> userinfo = CutUserinfo(url);
  if (!userinfo) return {};
  const std::string_view text = userinfo->view();
  if (text.find_first_of("/?#") != std::string_view::npos) {
    return Fail("--node {}: before the '@', write '/' as %2F, '?' as %3F and '#' as %23", url);
  }
  const size_t colon = std::min(text.find(':'), text.size());
  SecretInputs::OfUrl given{std::string(PercentDecoded(text.substr(0, colon)).view()),
                            PercentDecoded(text.substr(std::min(colon + 1, text.size())))};
  if (inputs.url &&
      (inputs.url->user != given.user || inputs.url->password.view() != given.password.view())) {
    return Fail("--node {}: all nodes get the same credentials, and an earlier URL has others",
                url);
  }
  inputs.url = std::move(given);
  return {};
}

// curl's way to give a password; it doesn't reach ps from here.
Result<void> CheckUser(char* value) {
  char* const colon = std::strchr(value, ':');
  if (colon == nullptr) return {};
  base::Wipe(BytesOf(colon));
  return Fail(
      "--user takes the name alone; a password comes from --password-file or ESPCAP_PASSWORD");
}

bool IsUrl(const char* text) {
  return ::strncasecmp(text, "http://", 7) == 0 || ::strncasecmp(text, "https://", 8) == 0;
}

// One argument, and the next as far as it is the value of this one.
Result<void> ExtractFromArgument(char* argument, char* next, SecretInputs& inputs) {
  char* const equals = std::strchr(argument, '=');
  const std::string_view name(
      argument, equals == nullptr ? std::strlen(argument) : static_cast<size_t>(equals - argument));
  char* const value = equals == nullptr ? next : equals + 1;
  if (value != nullptr && name == "--node") return ExtractUserinfo(value, inputs);
  if (value != nullptr && name == "--user") return CheckUser(value);
  // A URL where none belongs ends in an error, which should show no password.
  if (IsUrl(argument)) {
    static_cast<void>(CutUserinfo(argument));
  } else if (equals != nullptr && IsUrl(equals + 1)) {
    static_cast<void>(CutUserinfo(equals + 1));
  }
  return {};
}

}  // namespace

Result<SecretInputs> ExtractSecrets(std::span<char*> arguments) {
  SecretInputs inputs;
  inputs.password = ExtractVariable("ESPCAP_PASSWORD");
  inputs.api_key = ExtractVariable("ESPCAP_API_KEY");
  inputs.bearer_token = ExtractVariable("ESPCAP_BEARER_TOKEN");
  inputs.proxies = ExtractProxies();
  Result<void> first_error;
  for (size_t i = 1; i < arguments.size(); ++i) {
    char* const next = i + 1 < arguments.size() ? arguments[i + 1] : nullptr;
    auto taken = ExtractFromArgument(arguments[i], next, inputs);
    if (!taken && first_error) first_error = std::move(taken);
  }
  if (!first_error) return Forward(std::move(first_error));
  return inputs;
}

void RestoreProxies(const SecretInputs& inputs) {
  for (const auto& proxy : inputs.proxies) ::setenv(proxy.variable.c_str(), proxy.value.c_str(), 1);
}

}  // namespace espcap::cli
