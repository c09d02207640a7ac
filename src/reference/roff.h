// SPDX-License-Identifier: GPL-2.0-or-later
//
// Parts of a manual page in man(7)'s macros. Pure functions.
#ifndef ESPCAP_REFERENCE_ROFF_H_
#define ESPCAP_REFERENCE_ROFF_H_

#include <string>
#include <string_view>

#include "reference/entry.h"

namespace espcap::reference {

// Text of an option table, which roff must not read as requests or escapes.
std::string RoffText(std::string_view text);

std::string RoffTitle(std::string_view name, int section, std::string_view manual);

// `names` in bold above the sentences.
std::string RoffEntry(const std::vector<std::string>& names, const Entry& entry);

// Examples of the table of commands: a command's comment goes below it.
std::string RoffExamples(std::string_view examples);

}  // namespace espcap::reference

#endif  // ESPCAP_REFERENCE_ROFF_H_
