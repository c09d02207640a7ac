// SPDX-License-Identifier: GPL-2.0-or-later
//
// Text of others (file names, servers' reasons) made harmless for a terminal and a log. Pure.
#ifndef ESPCAP_BASE_PRINTABLE_H_
#define ESPCAP_BASE_PRINTABLE_H_

#include <string>
#include <string_view>

namespace espcap::base {

// One line of valid UTF-8 without control characters: those of C0 and C1, DEL and those that change
// the direction of writing are written as \x1b, \x85 or \u202e; bytes that aren't UTF-8, as \xff. A
// tab stays. A backslash stays too: the result is for people, and not to be read back.
std::string Printable(std::string_view text);

}  // namespace espcap::base

#endif  // ESPCAP_BASE_PRINTABLE_H_
