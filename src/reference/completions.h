// SPDX-License-Identifier: GPL-2.0-or-later
//
// What shells complete after `espcap`, made from the tables of options and commands. Pure
// functions.
#ifndef ESPCAP_REFERENCE_COMPLETIONS_H_
#define ESPCAP_REFERENCE_COMPLETIONS_H_

#include <string>

namespace espcap::reference {

std::string BashCompletion();
std::string ZshCompletion();
std::string FishCompletion();

}  // namespace espcap::reference

#endif  // ESPCAP_REFERENCE_COMPLETIONS_H_
