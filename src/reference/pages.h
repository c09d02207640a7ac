// SPDX-License-Identifier: GPL-2.0-or-later
//
// Texts for readers, made from the tables of options and commands. Pure functions.
#ifndef ESPCAP_REFERENCE_PAGES_H_
#define ESPCAP_REFERENCE_PAGES_H_

#include <string>

namespace espcap::reference {

std::string ManPage();          // espcap(1)
std::string ConfigManPage();    // espcap.yml(5)
std::string ConfigSample();     // espcap.yml, every key commented out
std::string OptionReference();  // Markdown

}  // namespace espcap::reference

#endif  // ESPCAP_REFERENCE_PAGES_H_
