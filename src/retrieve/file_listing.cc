// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/file_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace espcap::retrieve {
namespace {

// Also of folders that contain themselves by a mount.
constexpr ssize_t kMostDepth = 64;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

base::FileDescriptor OpenBeneath(const base::FileDescriptor& folder, const std::string& path,
                                 Mounts mounts) {
  open_how how{};
  // O_NONBLOCK: a FIFO opens at once, and is refused then.
  how.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  if (mounts == Mounts::kNotEntered) how.resolve |= RESOLVE_NO_XDEV;
  return base::FileDescriptor(
      static_cast<int>(::syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof(how))));
}

std::vector<FileListing::File> FileListing::FilesBelow(const base::FileDescriptor& folder) {
  std::vector<File> files;
  std::vector<std::string> folders = {std::string()};
  while (!folders.empty() && left_ > 0) {
    const std::string path = std::move(folders.back());
    folders.pop_back();
    ReadFolder(folder, path, files, folders);
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

void FileListing::ReadFolder(const base::FileDescriptor& top, const std::string& path,
                             std::vector<File>& files, std::vector<std::string>& folders) {
  base::FileDescriptor opened = OpenBeneath(top, path.empty() ? "." : path, Mounts::kNotEntered);
  if (!opened.valid()) return;
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(opened.get()));
  if (folder == nullptr) return;
  static_cast<void>(opened.Release());  // it's the folder's
  const bool is_deep = std::count(path.begin(), path.end(), '/') >= kMostDepth;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat status {};
    if (::fstatat(::dirfd(folder.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    const std::string place = path.empty() ? std::string(name) : path + '/' + std::string(name);
    if (S_ISDIR(status.st_mode) && !is_deep) folders.push_back(place);
    if (!S_ISREG(status.st_mode) || status.st_size == 0) continue;
    if (!known_.emplace(status.st_dev, status.st_ino).second) continue;
    if (left_ == 0) return;
    --left_;
    files.push_back({place, static_cast<uint64_t>(status.st_size)});
  }
}

}  // namespace espcap::retrieve
