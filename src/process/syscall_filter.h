// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a process that parses hostile bytes may ask of the kernel (seccomp): memory, time, its open
// descriptors, and files for reading. Anything else fails with EPERM: no new sockets, no programs,
// no file written or created. For good.
#ifndef ESPCAP_PROCESS_SYSCALL_FILTER_H_
#define ESPCAP_PROCESS_SYSCALL_FILTER_H_

#include "espcap/result.h"

namespace espcap::process {

enum class Sockets {
  kNone,
  kOpen,    // packets come through those that are open
  kAllowed  // dissection asks name servers, or packets come through new ones
};

// REQUIRES: no_new_privs, as DropPrivileges() sets it.
Result<void> RestrictSystemCalls(Sockets sockets);

// For a process that forks or delivers, and parses no packet: no programs, and nothing of other
// processes or of the machine. For good. REQUIRES: no_new_privs.
Result<void> ForbidSystemCalls();

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SYSCALL_FILTER_H_
