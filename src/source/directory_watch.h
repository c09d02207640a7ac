// SPDX-License-Identifier: GPL-2.0-or-later
//
// Follows a directory: hands out each file once it is complete, those that are there at the start
// first. Lives in the supervisor; owns its descriptors.
//
// A file is complete when nobody has it open for writing any more; where the kernel can't tell (the
// file is another user's and CAP_LEASE is missing, or it lies on another machine), when it has
// stayed the same for kQuiet. It is handed out once, and again where its content was written anew.
// A rename alone is no news: move files into the directory when they are done, and leave them their
// names.
//
// No name is taken for a temporary one. tcpdump's -z gzip so makes two complete files of each
// capture, x.pcap and then x.pcap.gz in its place. Where compressing takes longer than a close
// needs to settle, both are handed out, and their contents, and so their documents' ids, differ: a
// directory that is watched had better get the one or the other.
//
// inotify sees what this machine does. What another one writes into a network file system is seen
// at the start only.
#ifndef ESPCAP_SOURCE_DIRECTORY_WATCH_H_
#define ESPCAP_SOURCE_DIRECTORY_WATCH_H_

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/file_watch.h"
#include "espcap/result.h"
#include "source/folder_events.h"
#include "source/pending_files.h"

namespace espcap::source {

class DirectoryWatch : public FileWatch {
 public:
  // With `recursive`, its folders too, those made later among them; links to folders are not
  // followed.
  static Result<std::unique_ptr<DirectoryWatch>> Open(std::string directory, bool recursive);

  // Readable when ReadArrivals() has something to do: at first at once, then as there are events
  // and whenever a file is due for another look. The caller needs no timer.
  [[nodiscard]] int fd() const override { return wake_.get(); }

  // The files that became complete since the last call; never waits for one. The first call gives
  // those that are there, sorted by path (where the kernel can't tell, they come kQuiet later). An
  // error is the watch's end: the directory is gone.
  [[nodiscard]] Result<Arrivals> ReadArrivals() override;

 private:
  DirectoryWatch(std::string directory, bool recursive, FolderEvents events)
      : directory_(std::move(directory)), recursive_(recursive), events_(std::move(events)) {}

  Result<void> Start();
  Result<void> FollowEvents();
  Result<void> HandleEvent(const FolderEvent& event, Arrivals& arrivals);
  void NoteAll(PendingFiles::Cause cause, Arrivals& arrivals);
  std::vector<std::string> WatchAndList(const std::string& top, std::vector<std::string>& problems);
  Result<void> CheckDirectory();
  void SetTimer(PendingFiles::Clock::time_point due) const;

  std::string directory_;
  bool recursive_;
  FolderEvents events_;
  base::FileDescriptor timer_;
  base::FileDescriptor wake_;  // an epoll instance of the two
  dev_t device_ = 0;           // of the directory, as it was opened
  ino_t inode_ = 0;
  bool is_gone_ = false;
  bool is_listed_ = false;
  PendingFiles::Clock::time_point now_;  // of this ReadArrivals()
  PendingFiles pending_;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_DIRECTORY_WATCH_H_
