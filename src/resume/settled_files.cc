// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/settled_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace espcap::resume {
namespace {

namespace fs = std::filesystem;
using Action = AfterSettled::Action;
using Kind = FileFate::Kind;

constexpr std::string_view kMovePrefix = "move:";
constexpr int kMaxNames = 1000;  // of files that were moved under one name
constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
constexpr mode_t kFolderMode = 0777;

std::string Reason(int error) { return std::generic_category().message(error); }

FileFate Kept(const std::string& path, std::string_view why) {
  return {Kind::kKept, fmt::format("{}: kept: {}", path, why)};
}

// The kernel can't tell who writes; who does would have done so lately.
bool IsQuiet(const base::FileState& state) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return now - std::chrono::nanoseconds(state.modified_ns) >= base::kQuiet;
}

// "a.pcap.gz" is "a-2.pcap.gz" the second time.
std::string NumberedName(const std::string& name, int number) {
  if (number == 1) return name;
  const size_t dot = std::min(name.find('.', 1), name.size());
  return fmt::format("{}-{}{}", name.substr(0, dot), number, name.substr(dot));
}

// errno. Some network file systems can't rename without replacing, but link.
int RenameNoReplace(int from, const std::string& name, int to, const std::string& new_name) {
  if (::renameat2(from, name.c_str(), to, new_name.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::linkat(from, name.c_str(), to, new_name.c_str(), 0) != 0) return errno;
  return ::unlinkat(from, name.c_str(), 0) == 0 ? 0 : errno;
}

// The folder below `top` that a relative path lies in; made where it is missing.
Result<base::FileDescriptor> FolderOf(int top, const fs::path& relative) {
  base::FileDescriptor folder(::openat(top, ".", kFolderFlags));
  if (!folder.valid()) return Fail("{}", Reason(errno));
  for (const fs::path& part : relative.parent_path()) {
    if (::mkdirat(folder.get(), part.c_str(), kFolderMode) != 0 && errno != EEXIST) {
      return Fail("{}", Reason(errno));
    }
    folder = base::FileDescriptor(::openat(folder.get(), part.c_str(), kFolderFlags | O_NOFOLLOW));
    if (!folder.valid()) return Fail("{}", Reason(errno));
  }
  return folder;
}

}  // namespace

Result<AfterSettled> AfterSettled::Parse(std::string_view text) {
  if (text == "keep") return AfterSettled{};
  if (text == "delete") return AfterSettled{Action::kDelete, {}};
  if (text.starts_with(kMovePrefix) && text.size() > kMovePrefix.size()) {
    return AfterSettled{Action::kMove, std::string(text.substr(kMovePrefix.size()))};
  }
  return Fail("--after {}: it is keep, delete or move:DIR", text);
}

Result<std::unique_ptr<SettledFiles>> SettledFiles::Open(AfterSettled after,
                                                         std::vector<std::string> directories,
                                                         bool recursive, base::HoldFile hold) {
  std::unique_ptr<SettledFiles> files(
      new SettledFiles(std::move(after), std::move(directories), std::move(hold)));
  if (files->after_.action != Action::kMove) return files;
  if (auto opened = files->OpenFolder(recursive); !opened) return Forward(std::move(opened));
  return files;
}

// What can't work is known before anything is read.
Result<void> SettledFiles::OpenFolder(bool recursive) {
  const std::string& name = after_.folder;
  struct stat target {};
  folder_ = base::FileDescriptor(::open(name.c_str(), kFolderFlags));
  if (!folder_.valid() || ::fstat(folder_.get(), &target) != 0) {
    return Fail("--after move:{}: {}", name, Reason(errno));
  }
  if (::access(name.c_str(), W_OK | X_OK) != 0) {
    return Fail("--after move:{}: {}", name, Reason(errno));
  }
  std::error_code ignored;
  const fs::path canonical = fs::canonical(name, ignored);
  for (const std::string& directory : directories_) {
    struct stat source {};
    if (::stat(directory.c_str(), &source) != 0) continue;  // told by who reads it
    if (source.st_dev != target.st_dev) {
      return Fail("--after move:{}: on another file system than --dir {}; choose a folder there",
                  name, directory);
    }
    const fs::path below = canonical.lexically_relative(fs::canonical(directory, ignored));
    const bool is_inside = !below.empty() && *below.begin() != "..";
    if (is_inside && (recursive || below == ".")) {
      return Fail("--after move:{}: in --dir {}, and would be read again; choose another folder",
                  name, directory);
    }
  }
  return {};
}

FileFate SettledFiles::Dispose(const std::string& path, const base::FileIdentity& read) const {
  const std::string name = fs::path(path).filename().native();
  // To the end: nobody begins to write what is about to go.
  const base::HeldFile held = hold_(path);
  if (held.error != 0) {
    if (held.error == ENOENT) return {Kind::kKept, path + ": it is gone already"};
    if (held.error == ELOOP) return Kept(path, "it is a link");
    if (held.error == EAGAIN) return Kept(path, "a program has it open for writing");
    return {Kind::kFailed, fmt::format("open {}: {}", path, Reason(held.error))};
  }
  if (held.writers == base::Writers::kSome) {
    return Kept(path, "a program has it open for writing");
  }
  if (held.file != read) {
    return Kept(path, "it isn't what was read: it was changed or replaced meanwhile");
  }
  if (held.writers == base::Writers::kUnknown && !IsQuiet(read.state)) {
    return Kept(path, "it may still be written");
  }
  if (after_.action == Action::kMove) return Move(path, held.folder.get(), name);
  if (::unlinkat(held.folder.get(), name.c_str(), 0) != 0) {
    return {Kind::kFailed, fmt::format("delete {}: {}", path, Reason(errno))};
  }
  return {Kind::kGone, path + ": deleted"};
}

FileFate SettledFiles::Move(const std::string& path, int folder, const std::string& name) const {
  const fs::path place = PlaceBelow(directories_, path);
  const fs::path target = fs::path(after_.folder) / place;
  auto into = FolderOf(folder_.get(), place);
  if (!into) {
    return {Kind::kFailed, fmt::format("move {} to {}: {}", path, target.parent_path().native(),
                                       into.error().message)};
  }
  int error = EEXIST;
  for (int number = 1; error == EEXIST && number <= kMaxNames; ++number) {
    const std::string new_name = NumberedName(name, number);
    error = RenameNoReplace(folder, name, into->get(), new_name);
    if (error == 0) {
      return {Kind::kGone,
              fmt::format("{}: moved to {}", path, (target.parent_path() / new_name).native())};
    }
  }
  return {Kind::kFailed,
          fmt::format("move {} to {}: {}", path, target.parent_path().native(), Reason(error))};
}

std::string PlaceBelow(const std::vector<std::string>& directories, const std::string& path) {
  fs::path place = fs::path(path).filename();
  size_t longest = 0;
  for (const std::string& directory : directories) {
    const fs::path relative = fs::path(path).lexically_relative(directory);
    if (relative.empty() || *relative.begin() == ".." || directory.size() < longest) continue;
    longest = directory.size();
    place = relative;
  }
  return place.native();
}

}  // namespace espcap::resume
