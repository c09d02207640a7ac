// SPDX-License-Identifier: GPL-2.0-or-later
//
// Credentials as the header that carries them, made in pages that nobody else sees.
#ifndef ESPCAP_HTTP_AUTHORIZATION_H_
#define ESPCAP_HTTP_AUTHORIZATION_H_

#include <string>

#include "base/secret.h"
#include "espcap/result.h"

namespace espcap::http {

// "Authorization: …" each. An error says what can't be sent, without showing it.
Result<base::Secret> BasicAuthorization(const std::string& user, const base::Secret& password);
// Elasticsearch's "id:key", or the same in Base64 as its API gives it.
Result<base::Secret> ApiKeyAuthorization(const base::Secret& key);
Result<base::Secret> BearerAuthorization(const base::Secret& token);

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_AUTHORIZATION_H_
