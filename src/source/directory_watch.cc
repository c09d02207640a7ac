// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/directory_watch.h"

#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "source/input_files.h"

namespace espcap::source {
namespace {

using Cause = PendingFiles::Cause;
using Clock = PendingFiles::Clock;

bool Add(int epoll, int descriptor) {
  epoll_event readable{};
  readable.events = EPOLLIN;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &readable) == 0;
}

bool IsFolder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

tl::unexpected<Error> FailedToWatch(const std::string& directory) {
  return Fail("watch directory {}: {}", directory, std::generic_category().message(errno));
}

}  // namespace

Result<std::unique_ptr<DirectoryWatch>> DirectoryWatch::Open(std::string directory,
                                                             bool recursive) {
  auto events = FolderEvents::Open();
  if (!events) return Fail("watch directory {}: {}", directory, events.error().message);
  std::unique_ptr<DirectoryWatch> watch(
      new DirectoryWatch(std::move(directory), recursive, std::move(*events)));
  if (auto started = watch->Start(); !started) return Forward(std::move(started));
  return watch;
}

Result<void> DirectoryWatch::Start() {
  timer_ = base::FileDescriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  wake_ = base::FileDescriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!Add(wake_.get(), timer_.get())) return FailedToWatch(directory_);
  if (auto followed = FollowEvents(); !followed) return followed;
  struct stat status {};
  if (::stat(directory_.c_str(), &status) != 0) return FailedToWatch(directory_);
  device_ = status.st_dev;
  inode_ = status.st_ino;
  SetTimer(Clock::now());
  return {};
}

Result<void> DirectoryWatch::FollowEvents() {
  if (!Add(wake_.get(), events_.fd())) return FailedToWatch(directory_);
  return events_.Watch(directory_);
}

Result<DirectoryWatch::Arrivals> DirectoryWatch::ReadArrivals() {
  Arrivals arrivals;
  now_ = Clock::now();
  if (!is_listed_) NoteAll(Cause::kPresent, arrivals);
  is_listed_ = true;
  for (const FolderEvent& event : events_.Read()) {
    if (auto taken = HandleEvent(event, arrivals); !taken) return Forward(std::move(taken));
  }
  if (auto checked = CheckDirectory(); !checked) return Forward(std::move(checked));
  arrivals.files = pending_.PopComplete(now_);
  if (pending_.RemembersTooMuch()) {
    std::vector<std::string> known;  // problems: they were told when they arose
    pending_.KeepOnly(WatchAndList(directory_, known));
  }
  SetTimer(pending_.NextLook().value_or(Clock::time_point::max()));
  return arrivals;
}

Result<void> DirectoryWatch::HandleEvent(const FolderEvent& event, Arrivals& arrivals) {
  switch (event.kind) {
    case FolderEvent::Kind::kFileFinished:
      pending_.Note(event.path, Cause::kFinished, now_);
      break;
    case FolderEvent::Kind::kFileCreated:
      pending_.Note(event.path, Cause::kCreated, now_);
      break;
    case FolderEvent::Kind::kFolderIn:
      if (!recursive_) break;
      for (std::string& path : WatchAndList(event.path, arrivals.problems)) {
        pending_.Note(std::move(path), Cause::kFinished, now_);
      }
      break;
    case FolderEvent::Kind::kFolderGone:
      is_gone_ = is_gone_ || event.path == directory_;
      break;
    case FolderEvent::Kind::kEventsMissed: {
      // With a new instance: which folders the old one watches can't be known any more.
      auto events = FolderEvents::Open();
      if (!events) return Fail("watch directory {}: {}", directory_, events.error().message);
      events_ = std::move(*events);
      if (auto followed = FollowEvents(); !followed) return followed;
      NoteAll(Cause::kFinished, arrivals);
      break;
    }
  }
  return {};
}

void DirectoryWatch::NoteAll(Cause cause, Arrivals& arrivals) {
  std::vector<std::string> files = WatchAndList(directory_, arrivals.problems);
  pending_.KeepOnly(files);
  for (std::string& path : files) pending_.Note(std::move(path), cause, now_);
}

// Watches each folder before it lists it: what is finished in between is seen twice rather than
// never.
std::vector<std::string> DirectoryWatch::WatchAndList(const std::string& top,
                                                      std::vector<std::string>& problems) {
  std::vector<std::string> files;
  std::vector<std::string> folders = {top};
  while (!folders.empty()) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    const auto watched = events_.Watch(folder);
    auto entries = EntriesOfDirectory(folder);
    if ((!watched || !entries) && IsFolder(folder)) {  // else it is gone already
      problems.push_back(watched ? entries.error().message : watched.error().message);
    }
    if (!entries) continue;
    std::move(entries->files.begin(), entries->files.end(), std::back_inserter(files));
    if (!recursive_) continue;
    std::move(entries->folders.begin(), entries->folders.end(), std::back_inserter(folders));
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<void> DirectoryWatch::CheckDirectory() {
  struct stat status {};
  if (!is_gone_ && ::stat(directory_.c_str(), &status) == 0 && status.st_dev == device_ &&
      status.st_ino == inode_) {
    return {};
  }
  is_gone_ = true;
  return Fail("watch directory {}: it was deleted, moved or unmounted", directory_);
}

void DirectoryWatch::SetTimer(Clock::time_point due) const {
  itimerspec setting{};  // zeros disarm it
  if (due != Clock::time_point::max()) {
    using std::chrono::nanoseconds;
    const auto wait = std::max<nanoseconds>(due - Clock::now(), nanoseconds(1));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
    setting.it_value = {seconds.count(), (wait - seconds).count()};
  }
  ::timerfd_settime(timer_.get(), 0, &setting, nullptr);
}

}  // namespace espcap::source
