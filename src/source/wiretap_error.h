// SPDX-License-Identifier: GPL-2.0-or-later
//
// libwiretap's error codes as sentences for users.
#ifndef ESPCAP_SOURCE_WIRETAP_ERROR_H_
#define ESPCAP_SOURCE_WIRETAP_ERROR_H_

#include <string>

namespace espcap::source {

// `error` is an errno (positive) or a WTAP_ERR_* (negative, wiretap/wtap.h). Takes ownership of
// `error_info`, which may be null.
std::string DescribeWiretapError(int error, char* error_info);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_WIRETAP_ERROR_H_
