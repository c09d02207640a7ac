// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/privileges.h"

#include <cap-ng.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <system_error>
#include <vector>

namespace espcap::process {
namespace {

bool Has(unsigned capability) { return capng_have_capability(CAPNG_EFFECTIVE, capability) != 0; }

// With which a process reads every file, as root does. Containers often have only the second.
std::optional<unsigned> ReadingCapability() {
  for (const unsigned capability : {unsigned{CAP_DAC_READ_SEARCH}, unsigned{CAP_DAC_OVERRIDE}}) {
    if (Has(capability)) return capability;
  }
  return std::nullopt;
}

std::vector<unsigned> Kept(const Keep& keep) {
  std::vector<unsigned> kept;
  if (const auto reading = ReadingCapability(); keep.reading && reading) kept.push_back(*reading);
  if (keep.capturing && Has(CAP_NET_RAW)) kept.push_back(CAP_NET_RAW);
  if (keep.monitoring && Has(CAP_NET_ADMIN)) kept.push_back(CAP_NET_ADMIN);
  if (keep.leases && Has(CAP_LEASE)) kept.push_back(CAP_LEASE);
  return kept;
}

// Whether an id exists in this user namespace.
bool IsMapped(const char* map, uint64_t id) {
  std::ifstream lines(map);
  for (uint64_t first = 0, outside = 0, count = 0; lines >> first >> outside >> count;) {
    if (id >= first && id - first < count) return true;
  }
  return false;
}

}  // namespace

std::optional<Identity> FindUser(const std::string& name) {
  const passwd* const entry = ::getpwnam(name.c_str());
  if (entry == nullptr) return std::nullopt;
  return Identity{entry->pw_uid, entry->pw_gid, entry->pw_name};
}

std::optional<Identity> FindUser(uid_t user) {
  const passwd* const entry = ::getpwuid(user);
  if (entry == nullptr) return std::nullopt;
  return Identity{entry->pw_uid, entry->pw_gid, entry->pw_name};
}

bool MayCapture() { return capng_get_caps_process() == 0 && Has(CAP_NET_RAW); }

Result<void> DropPrivileges(const std::optional<Identity>& identity, Keep keep) {
  int signal_at_parents_end = 0;
  ::prctl(PR_GET_PDEATHSIG, &signal_at_parents_end);
  if (capng_get_caps_process() != 0) {
    return Fail("give up privileges: read them: {}", std::generic_category().message(errno));
  }
  const std::vector<unsigned> kept = Kept(keep);
  const bool can_clear_bounds = Has(CAP_SETPCAP);
  const bool stays = !identity || identity->user == 0 || !Has(CAP_SETUID) || !Has(CAP_SETGID) ||
                     !IsMapped("/proc/self/uid_map", identity->user) ||
                     !IsMapped("/proc/self/gid_map", identity->group) ||
                     (keep.reading && !ReadingCapability());
  capng_clear(CAPNG_SELECT_ALL);
  for (const unsigned capability : kept) {
    capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, capability);
    capng_update(CAPNG_ADD, CAPNG_PERMITTED, capability);
  }
  int status = 0;
  if (stays) {
    status = capng_apply(can_clear_bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS);
  } else {
    const int flags = (keep.groups ? CAPNG_INIT_SUPP_GRP : CAPNG_DROP_SUPP_GRP) |
                      (can_clear_bounds ? CAPNG_CLEAR_BOUNDING : 0);
    status = capng_change_id(static_cast<int>(identity->user), static_cast<int>(identity->group),
                             static_cast<capng_flags_t>(flags));
  }
  if (status != 0) {
    return Fail("give up privileges: step {}: {}", -status, std::generic_category().message(errno));
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return Fail("give up privileges: no_new_privs: {}", std::generic_category().message(errno));
  }
  // A change of user forgets it.
  ::prctl(PR_SET_PDEATHSIG, signal_at_parents_end);
  return {};
}

}  // namespace espcap::process
