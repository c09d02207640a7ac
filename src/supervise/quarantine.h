// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where frames are kept whose dissection ends processes (--quarantine): a file each, opened here,
// since workers have no right to any folder, and filled by the next worker. One thread.
#ifndef ESPCAP_SUPERVISE_QUARANTINE_H_
#define ESPCAP_SUPERVISE_QUARANTINE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "espcap/result.h"
#include "process/messages.h"
#include "process/recording.h"

namespace espcap::supervise {

class Quarantine {
 public:
  // Nothing is kept.
  Quarantine() = default;
  // `most_bytes`: of all files in the folder, those of earlier runs included.
  static Result<Quarantine> Open(const std::string& folder, uint64_t most_bytes);

  [[nodiscard]] bool is_open() const { return !folder_.empty(); }
  // For a frame of the capture of this name. Invalid where there is no room.
  Result<process::Recording> FileFor(const std::string& capture, uint32_t frame);

 private:
  [[nodiscard]] uint64_t BytesOfOwn() const;

  std::string folder_;
  uint64_t most_bytes_ = 0;
  uint64_t earlier_bytes_ = 0;
  std::vector<std::string> own_;  // files of this run
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_QUARANTINE_H_
