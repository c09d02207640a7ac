// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/read_confinement.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "base/file_descriptor.h"

namespace espcap::process {
namespace {

constexpr uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr uint64_t kReadFolder = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;

// Rights that a kernel of this version knows: of the first, then what each later one added.
uint64_t RightsOf(long version) {
  constexpr uint64_t kFirst = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;
  constexpr uint64_t kTruncate = uint64_t{1} << 14U;
  constexpr uint64_t kDeviceControl = uint64_t{1} << 15U;
  uint64_t rights = kFirst;
  if (version >= 2) rights |= uint64_t{LANDLOCK_ACCESS_FS_REFER};
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kDeviceControl;
  return rights;
}

// Of the kernel's interface; below 1: it has none, or it is turned off.
long Version() {
  return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

// What the C library reads late: of time zones, character sets, names and processors.
constexpr const char* kLibraryFiles[] = {
    "/lib",           "/lib64",           "/usr/lib",         "/usr/lib64",
    "/usr/local/lib", "/usr/share",       "/usr/local/share", "/etc/ld.so.cache",
    "/etc/localtime", "/etc/host.conf",   "/etc/hosts",       "/etc/nsswitch.conf",
    "/etc/gai.conf",  "/etc/resolv.conf", "/etc/services",    "/run/systemd/resolve",
    "/dev/null",      "/dev/urandom",     "/proc/self",       "/sys/devices/system/cpu"};

Result<void> Allow(int rules, const std::string& path) {
  const base::FileDescriptor file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return {};
  const landlock_path_beneath_attr rule{S_ISDIR(status.st_mode) ? kReadFolder : kReadFile,
                                        file.get()};
  const long added = ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  // EBADFD: a pipe or memory of the kernel's own, which needs no rule.
  if (added == 0 || errno == EBADFD) return {};
  return Fail("allow the reading of {}: {}", path, std::generic_category().message(errno));
}

}  // namespace

bool CanConfineReading() { return Version() >= 1; }

Result<void> ConfineReading(std::vector<std::string> paths) {
  const auto failed = [] {
    return Fail("confine what is read: {}", std::generic_category().message(errno));
  };
  // What later kernels can also forbid isn't asked for.
  landlock_ruleset_attr rights{};
  rights.handled_access_fs = RightsOf(Version());
  const base::FileDescriptor rules(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rights, sizeof(rights), 0)));
  if (!rules.valid()) return failed();
  paths.insert(paths.end(), std::begin(kLibraryFiles), std::end(kLibraryFiles));
  for (const std::string& path : paths) {
    if (auto allowed = Allow(rules.get(), path); !allowed) return allowed;
  }
  if (::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) return failed();
  return {};
}

}  // namespace espcap::process
