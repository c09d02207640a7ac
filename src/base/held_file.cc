// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/held_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace espcap::base {
namespace {

struct OpenFile {
  explicit OpenFile(FileDescriptor opened) : file(std::move(opened)), lease(file.get()) {}

  FileDescriptor file;
  ReadLease lease;  // ends first
};

}  // namespace

HeldFile HoldFileHere(const std::string& path) {
  constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  constexpr int kFileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const std::filesystem::path whole(path);
  const std::filesystem::path parent = whole.has_parent_path() ? whole.parent_path() : ".";
  HeldFile held;
  held.folder = FileDescriptor(::open(parent.c_str(), kFolderFlags));
  FileDescriptor file(
      held.folder.valid() ? ::openat(held.folder.get(), whole.filename().c_str(), kFileFlags) : -1);
  if (!file.valid()) {
    held.error = errno;
    return held;
  }
  const auto open = std::make_shared<OpenFile>(std::move(file));
  held.writers = open->lease.writers();
  struct stat status {};
  if (::fstat(open->file.get(), &status) != 0) {
    held.error = errno;
    return held;
  }
  held.file = FileIdentity(status);
  held.lease = open;
  return held;
}

}  // namespace espcap::base
