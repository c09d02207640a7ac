// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef ESPCAP_BASE_BASE64_H_
#define ESPCAP_BASE_BASE64_H_

#include <string>
#include <string_view>

namespace espcap::base {

// RFC 4648, section 4. Secrets are encoded in memory of their own (http/authorization.h).
std::string Base64(std::string_view bytes);

}  // namespace espcap::base

#endif  // ESPCAP_BASE_BASE64_H_
