// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happens in watched folders, by inotify: events with their full paths. Owns the inotify
// descriptor; belongs to the process that opened it.
#ifndef ESPCAP_SOURCE_FOLDER_EVENTS_H_
#define ESPCAP_SOURCE_FOLDER_EVENTS_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::source {

struct FolderEvent {
  enum class Kind : uint8_t {
    kFileFinished,  // closed by somebody who could write to it, or moved here
    kFileCreated,   // opened for the first time, or linked
    kFolderIn,      // made or moved here; not watched by that
    kFolderGone,    // one that was watched: deleted or unmounted
    kEventsMissed,  // the kernel's queue was full: anything can have happened
  };
  Kind kind{};
  std::string path;
};

class FolderEvents {
 public:
  static Result<FolderEvents> Open();

  // Readable while there are events.
  [[nodiscard]] int fd() const { return inotify_.get(); }

  // Watches what happens in `folder` itself. Watched already, it goes by this path from now on. One
  // that is moved away is forgotten, with those below it.
  Result<void> Watch(const std::string& folder);

  // The next events, in order; none where there are none. Never waits, and reads a bounded number.
  std::vector<FolderEvent> Read();

 private:
  explicit FolderEvents(base::FileDescriptor inotify) : inotify_(std::move(inotify)) {}

  void Forget(const std::string& folder);  // and those below it

  base::FileDescriptor inotify_;
  std::unordered_map<int, std::string> folders_;  // by watch descriptor
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_FOLDER_EVENTS_H_
