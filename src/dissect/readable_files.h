// SPDX-License-Identifier: GPL-2.0-or-later
//
// What libwireshark reads while it dissects.
#ifndef ESPCAP_DISSECT_READABLE_FILES_H_
#define ESPCAP_DISSECT_READABLE_FILES_H_

#include <string>
#include <vector>

namespace espcap::dissect {

// Files, and folders with all below them: its data, the user's profile, and what preferences name
// (keys). For a file that isn't there yet, its folder.
// REQUIRES: an EpanLibrary.
std::vector<std::string> ReadableFiles();

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_READABLE_FILES_H_
