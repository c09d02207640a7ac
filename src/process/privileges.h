// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a process that touches packets gives up first: its user, its capabilities, and the way to
// new ones. For good; a process forked from it has none either.
#ifndef ESPCAP_PROCESS_PRIVILEGES_H_
#define ESPCAP_PROCESS_PRIVILEGES_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "espcap/result.h"

namespace espcap::process {

struct Identity {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;
};

// None: there is no such user.
std::optional<Identity> FindUser(const std::string& name);
std::optional<Identity> FindUser(uid_t user);

// Whether this process may open an interface.
[[nodiscard]] bool MayCapture();

// What stays, where it was there.
struct Keep {
  bool reading = false;     // of any file (CAP_DAC_READ_SEARCH)
  bool capturing = false;   // the opening of interfaces (CAP_NET_RAW)
  bool monitoring = false;  // in monitor mode (CAP_NET_ADMIN)
  bool leases = false;      // on files of others (CAP_LEASE)
  bool groups = false;      // the user's supplementary groups; else none
};

// A process that can't become another user (in a container, without CAP_SETUID), or could then not
// read what it keeps the reading of, stays who it is, without capabilities. An error leaves the
// process in an unknown state: it must end.
Result<void> DropPrivileges(const std::optional<Identity>& identity, Keep keep);

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_PRIVILEGES_H_
