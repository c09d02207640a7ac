// SPDX-License-Identifier: GPL-2.0-or-later
//
// Who we are for the servers and how we know them, from everything that was given.
#ifndef ESPCAP_APP_CREDENTIALS_H_
#define ESPCAP_APP_CREDENTIALS_H_

#include <memory>
#include <string>

#include "base/secret.h"
#include "cli/secret_inputs.h"
#include "cli/settings.h"
#include "espcap/result.h"
#include "http/security.h"

namespace espcap::app {

// The header that carries the credentials; empty where none are given. A secret comes from its
// file option, else from the URL, else from the environment, else from systemd's
// `credentials_directory` (empty: none). Two kinds of credentials are an error that names both.
Result<base::Secret> AuthorizationOf(const cli::SecuritySettings& settings,
                                     const cli::SecretInputs& inputs,
                                     const std::string& credentials_directory);

// All of it, checked. From here on this process leaves no core dump where it holds secrets.
// REQUIRES: the zygote is forked.
Result<std::shared_ptr<const http::Security>> SecurityOf(const cli::ServerSettings& settings);

// The password alone; empty where none is given. From the same places. REQUIRES: as above.
Result<base::Secret> PasswordOf(const cli::ServerSettings& settings);

// Whether they come from a file that the user named.
bool CredentialsCanChange(const cli::ServerSettings& settings);
// The same security, with the credentials that are there now. For any thread.
Result<std::shared_ptr<const http::Security>> ReloadCredentials(
    const http::Security& security, const cli::ServerSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_CREDENTIALS_H_
