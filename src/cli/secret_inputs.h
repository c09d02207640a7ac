// SPDX-License-Identifier: GPL-2.0-or-later
//
// Secrets that came with the process where everybody can look: in the environment and in URLs of
// the command line. They are taken out of there before anything else reads them, so that neither
// ps nor /proc nor a process forked later shows them.
#ifndef ESPCAP_CLI_SECRET_INPUTS_H_
#define ESPCAP_CLI_SECRET_INPUTS_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/secret.h"
#include "espcap/result.h"

namespace espcap::cli {

struct SecretInputs {
  // Empty where none is given.
  base::Secret password;      // ESPCAP_PASSWORD
  base::Secret api_key;       // ESPCAP_API_KEY
  base::Secret bearer_token;  // ESPCAP_BEARER_TOKEN

  // "https://user:password@host" of --node, without percent signs. One for all nodes.
  struct OfUrl {
    std::string user;
    base::Secret password;
  };
  std::optional<OfUrl> url;

  // http_proxy and similar ones, where they hold credentials.
  struct Proxy {
    std::string variable;
    base::Secret value;
  };
  std::vector<Proxy> proxies;
};

// Wipes what it takes, in place; also where it gives an error. REQUIRES: called before anything
// copies `arguments` (which begin with the program's name) or the environment.
Result<SecretInputs> ExtractSecrets(std::span<char*> arguments);

// For libcurl, which reads them there. REQUIRES: called after the last fork.
void RestoreProxies(const SecretInputs& inputs);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_SECRET_INPUTS_H_
