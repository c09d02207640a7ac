// SPDX-License-Identifier: GPL-2.0-or-later
//
// libwiretap in a process that reads captures and dissects nothing.
#ifndef ESPCAP_SOURCE_WIRETAP_ALONE_H_
#define ESPCAP_SOURCE_WIRETAP_ALONE_H_

namespace espcap::source {

// Without its plugins: a file of a type of theirs can't be opened. What it has to say about a file
// is left to those that read it after. REQUIRES: no libwireshark; once a process.
void StartWiretapAlone();

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_WIRETAP_ALONE_H_
