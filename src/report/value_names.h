// SPDX-License-Identifier: GPL-2.0-or-later
//
// Names of values that documents hold as numbers. A value without a name is its own.
#ifndef ESPCAP_REPORT_VALUE_NAMES_H_
#define ESPCAP_REPORT_VALUE_NAMES_H_

#include <string>
#include <string_view>

namespace espcap::report {

std::string TlsVersionName(std::string_view value);   // "0x0304", or "772" → "TLS 1.3 (0x0304)"
std::string CipherSuiteName(std::string_view value);  // by IANA's registry
std::string SeverityName(std::string_view value);     // "6291456" → "warning"

}  // namespace espcap::report

#endif  // ESPCAP_REPORT_VALUE_NAMES_H_
