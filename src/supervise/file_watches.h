// SPDX-License-Identifier: GPL-2.0-or-later
//
// The watches that captures come from while the run goes on. One that fails ends, with an error in
// the log; the others go on. One thread.
#ifndef ESPCAP_SUPERVISE_FILE_WATCHES_H_
#define ESPCAP_SUPERVISE_FILE_WATCHES_H_

#include <poll.h>

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "espcap/file_watch.h"
#include "supervise/capture_queue.h"
#include "telemetry/log.h"

namespace espcap::supervise {

class FileWatches {
 public:
  // `log` is borrowed.
  FileWatches(std::vector<std::unique_ptr<FileWatch>> watches, telemetry::Log& log)
      : watches_(std::move(watches)), log_(log) {}

  [[nodiscard]] bool empty() const { return watches_.empty(); }
  void Close() { watches_.clear(); }

  void AppendWaits(std::vector<pollfd>& waits) const;
  // Files that are complete now. `waits`: what AppendWaits() appended.
  std::vector<InputFile> Take(std::span<const pollfd> waits);

 private:
  std::vector<std::unique_ptr<FileWatch>> watches_;
  telemetry::Log& log_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_FILE_WATCHES_H_
