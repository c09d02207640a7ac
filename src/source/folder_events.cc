// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/folder_events.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

namespace espcap::source {
namespace {

using Kind = FolderEvent::Kind;

constexpr size_t kReadBytes = size_t{1} << 16U;
constexpr uint32_t kWatched = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                              IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

std::optional<Kind> KindOf(uint32_t mask) {
  if ((mask & IN_Q_OVERFLOW) != 0) return Kind::kEventsMissed;
  if ((mask & IN_IGNORED) != 0) return Kind::kFolderGone;
  const bool is_folder = (mask & IN_ISDIR) != 0;
  if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0 && is_folder) return Kind::kFolderIn;
  if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) return Kind::kFileFinished;
  if ((mask & IN_CREATE) != 0) return Kind::kFileCreated;
  return std::nullopt;
}

std::string PathOf(const std::string& folder, const char* name) {
  return (std::filesystem::path(folder) / name).native();
}

}  // namespace

Result<FolderEvents> FolderEvents::Open() {
  base::FileDescriptor inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (inotify.valid()) return FolderEvents(std::move(inotify));
  if (errno == EMFILE) {
    return Fail(
        "start inotify: too many open; raise the sysctl fs.inotify.max_user_instances, or the "
        "limit "
        "of open files (ulimit -n)");
  }
  return Fail("start inotify: {}", std::generic_category().message(errno));
}

Result<void> FolderEvents::Watch(const std::string& folder) {
  // The dot asks for the right to search the folder, without which its files can't be opened.
  const int watch = ::inotify_add_watch(inotify_.get(), (folder + "/.").c_str(), kWatched);
  if (watch >= 0) {
    folders_.insert_or_assign(watch, folder);
    return {};
  }
  if (errno == ENOSPC) {
    return Fail(
        "watch directory {}: this user has too many watches; raise the sysctl "
        "fs.inotify.max_user_watches",
        folder);
  }
  return Fail("watch directory {}: {}", folder, std::generic_category().message(errno));
}

std::vector<FolderEvent> FolderEvents::Read() {
  std::vector<FolderEvent> events;
  std::vector<char> buffer(kReadBytes);
  const ssize_t count = ::read(inotify_.get(), buffer.data(), buffer.size());
  for (ssize_t offset = 0; offset < count;) {
    inotify_event event{};
    std::memcpy(&event, buffer.data() + offset, sizeof(event));
    const char* name = buffer.data() + offset + sizeof(event);
    offset += static_cast<ssize_t>(sizeof(event) + event.len);
    const auto folder = folders_.find(event.wd);
    const auto kind = KindOf(event.mask);
    if (kind == Kind::kEventsMissed) {
      events.push_back({*kind, {}});
    } else if (folder == folders_.end()) {
      continue;  // queued before it was forgotten
    } else if (kind == Kind::kFolderGone) {
      events.push_back({*kind, std::move(folder->second)});
      folders_.erase(folder);
    } else if (kind) {
      events.push_back({*kind, PathOf(folder->second, name)});
    } else if ((event.mask & IN_MOVED_FROM) != 0 && (event.mask & IN_ISDIR) != 0) {
      Forget(PathOf(folder->second, name));
    }
  }
  return events;
}

void FolderEvents::Forget(const std::string& folder) {
  for (auto entry = folders_.begin(); entry != folders_.end();) {
    if (entry->second == folder || entry->second.starts_with(folder + '/')) {
      ::inotify_rm_watch(inotify_.get(), entry->first);
      entry = folders_.erase(entry);
    } else {
      ++entry;
    }
  }
}

}  // namespace espcap::source
