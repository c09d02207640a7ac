// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process with the right to read every file and to have leases on them, as far as it was started
// with it, so that the one that delivers needs none. It follows directories, and holds files that
// are about to go; it reads no file. One for a run; REQUIRES: started before the process has
// threads or connections (it forks).
#ifndef ESPCAP_PROCESS_FILE_OPENER_H_
#define ESPCAP_PROCESS_FILE_OPENER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/held_file.h"
#include "espcap/file_watch.h"
#include "espcap/result.h"
#include "process/channel.h"
#include "process/child_process.h"
#include "process/privileges.h"

namespace espcap::process {

class FileOpener {
 public:
  using Watches = std::vector<std::unique_ptr<FileWatch>>;

  // `open_watches` runs in that process; its error is this function's. `identity`: who it becomes.
  static Result<std::unique_ptr<FileOpener>> Start(
      const std::optional<Identity>& identity,
      const std::function<Result<Watches>()>& open_watches);
  FileOpener(const FileOpener&) = delete;
  FileOpener& operator=(const FileOpener&) = delete;

  // The directories that it follows, from here. Once.
  Watches ReleaseWatches() { return std::move(watches_); }

  // Waits for the answer. One file at a time: the one before is let go first. One thread, any.
  base::HeldFile Hold(const std::string& path);

  // In a process that was forked after it: nothing of it is that one's.
  void ReleaseInChild();

 private:
  FileOpener(ChildProcess process, Channel channel)
      : process_(std::move(process)), channel_(std::move(channel)) {}

  ChildProcess process_;
  Channel channel_;
  Watches watches_;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_FILE_OPENER_H_
