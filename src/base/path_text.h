// SPDX-License-Identifier: GPL-2.0-or-later
//
// Paths in JSON, which has no bytes but those of UTF-8. Pure.
#ifndef ESPCAP_BASE_PATH_TEXT_H_
#define ESPCAP_BASE_PATH_TEXT_H_

#include <string>
#include <string_view>

namespace espcap::base {

// A path as text from which its bytes can be made again: control characters, '%' and what is no
// UTF-8 become %XX.
std::string PathText(std::string_view path);

// The other way round. What is no %XX stays.
std::string PathOfText(std::string_view text);

}  // namespace espcap::base

#endif  // ESPCAP_BASE_PATH_TEXT_H_
