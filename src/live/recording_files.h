// SPDX-License-Identifier: GPL-2.0-or-later
//
// The files that capture processes record into: named, opened, and the oldest removed, those of
// earlier runs first. A file that is there is never written again. In the supervisor, since capture
// processes have no right to any folder. One thread.
#ifndef ESPCAP_LIVE_RECORDING_FILES_H_
#define ESPCAP_LIVE_RECORDING_FILES_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "espcap/result.h"
#include "live/options.h"
#include "process/recording.h"

namespace espcap::live {

class RecordingFiles {
 public:
  explicit RecordingFiles(Options options) : options_(std::move(options)) {}

  // The next file of one of an interface's capture processes.
  Result<process::Recording> OpenNext(const std::string& interface, uint32_t fanout_index);

 private:
  struct Series {
    uint32_t last_number = 0;
    std::deque<std::string> kept;  // the oldest first
  };

  // With the files that are there.
  [[nodiscard]] Series FindSeries(const std::string& source) const;

  Options options_;
  std::map<std::string, Series> series_;  // by what is put into their names
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_RECORDING_FILES_H_
