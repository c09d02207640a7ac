// SPDX-License-Identifier: GPL-2.0-or-later
//
// The watches that captures come from while the run goes on. One that fails ends, with an error in
// the log; the others go on. One thread.
#ifndef ESPCAP_SUPERVISE_FILE_WATCHES_H_
#define ESPCAP_SUPERVISE_FILE_WATCHES_H_

#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "espcap/file_watch.h"
#include "supervise/capture_queue.h"
#include "telemetry/log.h"

namespace espcap::supervise {

class FileWatches {
 public:
  // The loop, which wakes where there is something to take, and `log` are borrowed.
  FileWatches(std::vector<std::unique_ptr<FileWatch>> watches, base::EventLoop& loop,
              telemetry::Log& log);

  [[nodiscard]] bool empty() const { return watches_.empty(); }
  [[nodiscard]] bool has_failed() const { return has_failed_; }
  // One of them had nothing more to tell.
  [[nodiscard]] bool has_ended() const { return has_ended_; }
  void Close() { watches_.clear(); }

  // Files that are complete now.
  std::vector<InputFile> ReadArrivals();

 private:
  struct Entry {
    Entry(std::unique_ptr<FileWatch> watch, base::EventLoop& loop)
        : files(std::move(watch)), readable(loop, files->fd()) {}

    std::unique_ptr<FileWatch> files;
    base::ReadableFlag readable;
  };

  std::list<Entry> watches_;
  telemetry::Log& log_;
  bool has_failed_ = false;
  bool has_ended_ = false;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_FILE_WATCHES_H_
