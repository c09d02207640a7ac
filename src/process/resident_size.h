// SPDX-License-Identifier: GPL-2.0-or-later
//
// How much memory this process has resident.
#ifndef ESPCAP_PROCESS_RESIDENT_SIZE_H_
#define ESPCAP_PROCESS_RESIDENT_SIZE_H_

#include <cstdint>

#include "base/file_descriptor.h"

namespace espcap::process {

class ResidentSize {
 public:
  ResidentSize();

  // As proc(5) counts it in /proc/PID/statm; 0 where that can't be read. Some microseconds.
  [[nodiscard]] uint64_t Bytes() const;

 private:
  base::FileDescriptor statm_;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_RESIDENT_SIZE_H_
