// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a file is synced: only a power failure would show it otherwise. The program of the tests
// has an fdatasync(2) of its own, which counts and does what it should.
#ifndef ESPCAP_TESTS_UNIT_SYNCED_FILES_H_
#define ESPCAP_TESTS_UNIT_SYNCED_FILES_H_

#include <string>

namespace espcap::testing {

// How often this process has synced the file that has the name now. A deleted one can have had the
// same inode: compare with the number from before.
unsigned SyncsOf(const std::string& path);

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_SYNCED_FILES_H_
