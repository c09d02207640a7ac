// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where in a capture filter a syntax error is. libpcap says only that there is one, so it is asked
// about the expression's beginnings: the fault is at the word with which no end makes it whole.
// Pure but for `compiles`.
#ifndef ESPCAP_SOURCE_FILTER_FAULT_H_
#define ESPCAP_SOURCE_FILTER_FAULT_H_

#include <functional>
#include <string>

namespace espcap::source {

// " at 'prot' (character 5)", or " at the end". REQUIRES: the expression doesn't compile.
[[nodiscard]] std::string DescribeFaultPlace(
    const std::string& expression, const std::function<bool(const std::string&)>& compiles);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_FILTER_FAULT_H_
