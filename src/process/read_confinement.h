// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a process that parses hostile bytes may open (landlock(7)): files and folders that are
// named, for reading. Nothing else, whatever its user or its capabilities could read. For good, and
// for processes forked from it.
#ifndef ESPCAP_PROCESS_READ_CONFINEMENT_H_
#define ESPCAP_PROCESS_READ_CONFINEMENT_H_

#include <string>
#include <vector>

#include "espcap/result.h"

namespace espcap::process {

// Whether this kernel does so.
[[nodiscard]] bool CanConfineReading();

// `paths`: files, and folders with all below them. Those that can't be found are left out. What the
// C library and its parts read is added.
// REQUIRES: CanConfineReading(), and no_new_privs, as DropPrivileges() sets it.
Result<void> ConfineReading(std::vector<std::string> paths);

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_READ_CONFINEMENT_H_
