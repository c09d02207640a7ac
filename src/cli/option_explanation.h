// SPDX-License-Identifier: GPL-2.0-or-later
//
// What `espcap help OPTION` prints: all that the table says of one option. Pure functions.
#ifndef ESPCAP_CLI_OPTION_EXPLANATION_H_
#define ESPCAP_CLI_OPTION_EXPLANATION_H_

#include <cstddef>
#include <string>

#include "espcap/result.h"

namespace espcap::cli {

// `name` with or without its dashes. Where several commands have such an option, one after the
// other. An error suggests the nearest name.
Result<std::string> ExplainOption(const std::string& name, size_t width);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_OPTION_EXPLANATION_H_
