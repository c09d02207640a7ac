// SPDX-License-Identifier: GPL-2.0-or-later
//
// How much memory this process has.
#ifndef ESPCAP_PROCESS_RESIDENT_SIZE_H_
#define ESPCAP_PROCESS_RESIDENT_SIZE_H_

#include <cstdint>

#include "base/file_descriptor.h"

namespace espcap::process {

// As proc(5) counts it in /proc/PID/statm, in bytes; 0 where that can't be read.
struct MemoryUse {
  uint64_t resident = 0;
  uint64_t anonymous = 0;  // of it: not of files, nor shared
  uint64_t data = 0;       // address space for data and stack: what RLIMIT_DATA limits, and more
};

class ResidentSize {
 public:
  ResidentSize();

  // Some microseconds.
  [[nodiscard]] MemoryUse Read() const;
  [[nodiscard]] uint64_t Bytes() const { return Read().resident; }

 private:
  base::FileDescriptor statm_;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_RESIDENT_SIZE_H_
