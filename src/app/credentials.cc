// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/credentials.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "base/secret_file.h"
#include "http/authorization.h"

namespace espcap::app {
namespace {

using base::FileModes;
using base::Secret;

// Where a secret comes from: a file or, where `path` is empty, `given`.
struct Source {
  std::string name;  // as an error has it
  std::string path;
  FileModes modes = FileModes::kOwnerOnly;
  const Secret* given = nullptr;

  [[nodiscard]] Result<Secret> Read() const {
    if (!path.empty()) return base::ReadSecretFile(name, path, modes);
    return Secret(given->view());
  }
};

// Of one secret, the first that is there in the order of precedence.
struct Places {
  const char* option;
  const std::string& path;  // the option's value
  const Secret* of_url;     // null: none
  const char* variable;
  const Secret& of_environment;
  const char* credential;  // systemd's name
};

std::optional<Source> Find(const Places& places, const std::string& credentials_directory) {
  if (!places.path.empty()) return Source{places.option, places.path};
  if (places.of_url != nullptr && !places.of_url->empty()) {
    return Source{"the URL of --node", {}, {}, places.of_url};
  }
  if (!places.of_environment.empty()) {
    return Source{places.variable, {}, {}, &places.of_environment};
  }
  if (credentials_directory.empty()) return std::nullopt;
  const auto path = std::filesystem::path(credentials_directory) / places.credential;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  return Source{"systemd's credential", path.native(), FileModes::kAny};
}

// Whose credential is wrong, before what is wrong with it.
Result<Secret> Named(const Source& source, Result<Secret> made) {
  if (made) return made;
  return Fail("{}{}{}: {}", source.name, source.path.empty() ? "" : " ", source.path,
              made.error().message);
}

Result<std::string> UserOf(const cli::SecuritySettings& settings, const cli::SecretInputs& inputs) {
  if (!inputs.url || inputs.url->user.empty()) return settings.user;
  if (!settings.user.empty() && settings.user != inputs.url->user) {
    return Fail("--user {} and the URL of --node name different users", settings.user);
  }
  return inputs.url->user;
}

Result<Secret> Basic(const std::string& user, const std::optional<Source>& password) {
  if (!password) {
    return Fail(
        "user {}: the password is missing; give it by --password-file, by ESPCAP_PASSWORD in the "
        "environment, or as systemd's credential espcap.password",
        user);
  }
  if (user.empty()) return Fail("{}: whose password? Give --user", password->name);
  const auto secret = password->Read();
  if (!secret) return tl::unexpected(secret.error());
  return Named(*password, http::BasicAuthorization(user, *secret));
}

}  // namespace

Result<Secret> AuthorizationOf(const cli::SecuritySettings& settings,
                               const cli::SecretInputs& inputs,
                               const std::string& credentials_directory) {
  const auto user = UserOf(settings, inputs);
  if (!user) return tl::unexpected(user.error());
  const auto password =
      Find({"--password-file", settings.password_file, inputs.url ? &inputs.url->password : nullptr,
            "ESPCAP_PASSWORD", inputs.password, "espcap.password"},
           credentials_directory);
  const auto api_key = Find({"--api-key-file", settings.api_key_file, nullptr, "ESPCAP_API_KEY",
                             inputs.api_key, "espcap.api-key"},
                            credentials_directory);
  const auto token = Find({"--bearer-token-file", settings.bearer_token_file, nullptr,
                           "ESPCAP_BEARER_TOKEN", inputs.bearer_token, "espcap.bearer-token"},
                          credentials_directory);

  std::vector<std::string> kinds;
  if (!user->empty() || password) {
    kinds.push_back(
        fmt::format("a user with a password ({})", password ? password->name : "--user"));
  }
  if (api_key) kinds.push_back(fmt::format("an API key ({})", api_key->name));
  if (token) kinds.push_back(fmt::format("a bearer token ({})", token->name));
  if (kinds.empty()) return Secret();
  if (kinds.size() > 1) {
    return Fail("{} and {} are given: choose one kind of credentials", kinds[0], kinds[1]);
  }
  if (!user->empty() || password) return Basic(*user, password);
  const Source& source = api_key ? *api_key : *token;
  const auto secret = source.Read();
  if (!secret) return tl::unexpected(secret.error());
  return Named(source,
               api_key ? http::ApiKeyAuthorization(*secret) : http::BearerAuthorization(*secret));
}

namespace {

const cli::SecretInputs& InputsOf(const cli::ServerSettings& settings) {
  static const cli::SecretInputs kNone;
  return settings.secrets == nullptr ? kNone : *settings.secrets;
}

Result<Secret> GivenAuthorization(const cli::ServerSettings& settings) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  return AuthorizationOf(settings.security, InputsOf(settings),
                         directory == nullptr ? "" : directory);
}

}  // namespace

Result<Secret> PasswordOf(const cli::ServerSettings& settings) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  const auto source = Find({"--password-file", settings.security.password_file, nullptr,
                            "ESPCAP_PASSWORD", InputsOf(settings).password, "espcap.password"},
                           directory == nullptr ? "" : directory);
  return source ? source->Read() : Secret();
}

bool CredentialsCanChange(const cli::ServerSettings& settings) {
  const cli::SecuritySettings& given = settings.security;
  return !given.password_file.empty() || !given.api_key_file.empty() ||
         !given.bearer_token_file.empty();
}

Result<std::shared_ptr<const http::Security>> ReloadCredentials(
    const http::Security& security, const cli::ServerSettings& settings) {
  auto authorization = GivenAuthorization(settings);
  if (!authorization) return Forward(std::move(authorization));
  auto renewed = std::make_shared<http::Security>();
  renewed->ca_file = security.ca_file;
  renewed->client_cert = security.client_cert;
  renewed->client_key = security.client_key;
  renewed->pin = security.pin;
  renewed->insecure = security.insecure;
  renewed->authorization = std::move(*authorization);
  return renewed;
}

Result<std::shared_ptr<const http::Security>> SecurityOf(const cli::ServerSettings& settings) {
  const cli::SecretInputs& inputs = InputsOf(settings);
  const cli::SecuritySettings& given = settings.security;
  auto security = std::make_shared<http::Security>();
  security->ca_file = given.ca_file;
  security->client_cert = given.client_cert;
  security->client_key = given.client_key;
  security->insecure = given.insecure;
  if (!given.fingerprint.empty()) {
    const auto pin = http::ParseCertificatePin(given.fingerprint);
    if (!pin) return tl::unexpected(pin.error());
    security->pin = *pin;
  }
  auto authorization = GivenAuthorization(settings);
  if (!authorization) return Forward(std::move(authorization));
  security->authorization = std::move(*authorization);

  const bool has_secrets =
      !security->authorization.empty() || !security->client_cert.empty() || !inputs.proxies.empty();
  if (has_secrets) base::ForbidDumps();
  RestoreProxies(inputs);
  if (auto checked = CheckSecurity(*security); !checked) return Forward(std::move(checked));
  return security;
}

}  // namespace espcap::app
