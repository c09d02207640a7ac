// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file_writers.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "base/file_descriptor.h"

namespace espcap::base {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{10};

int64_t Nanoseconds(const timespec& time) {
  constexpr int64_t kNanoseconds = 1'000'000'000;
  return time.tv_sec * kNanoseconds + time.tv_nsec;
}

}  // namespace

FileState::FileState(const struct stat& status)
    : device(status.st_dev),
      inode(status.st_ino),
      size_bytes(status.st_size),
      modified_ns(Nanoseconds(status.st_mtim)) {}

FileIdentity::FileIdentity(const struct stat& status)
    : state(status), changed_ns(Nanoseconds(status.st_ctim)) {}

// A program that opens the file for writing now makes the kernel send a signal. SIGIO, the default,
// would end this process; SIGURG is ignored where nobody handles it.
ReadLease::ReadLease(int fd) : fd_(fd) {
  struct statfs file_system {};
  if (::fstatfs(fd_, &file_system) != 0) file_system = {};
  if (::fcntl(fd_, F_SETSIG, SIGURG) != 0 || ::fcntl(fd_, F_SETLEASE, F_RDLCK) != 0) {
    error_ = errno;
  }
  writers_ = WritersFromLease(error_, file_system.f_type);
}

ReadLease::~ReadLease() {
  if (error_ == 0) ::fcntl(fd_, F_SETLEASE, F_UNLCK);
}

std::optional<FileLook> LookAtFile(const std::string& path) {
  struct stat status {};
  // Asked before it is opened: to open a device can have effects.
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const FileDescriptor file(::open(path.c_str(), kFlags));
  if (!file.valid()) {
    if (errno == ENOENT) return std::nullopt;
    // EAGAIN: a writer has a lease of its own. Anything else is for the reader of the file to say.
    return FileLook{FileState(status), errno == EAGAIN ? Writers::kSome : Writers::kUnknown};
  }
  const ReadLease lease(file.get());
  // Under the lease, so that it is what the last writer left.
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileLook{FileState(status), lease.writers()};
}

Writers WritersFromLease(int error, int64_t file_system) {
  switch (file_system) {
    case NFS_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
      // The server grants it, or doesn't, for reasons of its own.
      return error == 0 ? Writers::kNone : Writers::kUnknown;
    case FUSE_SUPER_MAGIC:
      // The kernel knows this machine's writers only.
      return error == EAGAIN ? Writers::kSome : Writers::kUnknown;
    default:
      if (error == 0) return Writers::kNone;
      return error == EAGAIN ? Writers::kSome : Writers::kUnknown;
  }
}

std::optional<milliseconds> WaitUntilNextLook(const Observation& observation) {
  if (observation.writers == Writers::kSome) {
    // The event of a last writer's close comes a moment before the kernel lets it go: soon, then
    // ever less often.
    return std::clamp(2 * observation.last_wait, kFirstWait, kQuiet);
  }
  const milliseconds needed =
      observation.writers == Writers::kUnknown ? kQuiet : observation.settle;
  if (observation.unchanged >= needed) return std::nullopt;
  return needed - observation.unchanged;
}

}  // namespace espcap::base
