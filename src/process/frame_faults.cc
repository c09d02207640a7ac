// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/frame_faults.h"

#include <fmt/format.h>

#include <cstring>

namespace espcap::process {

std::string DescribeFault(const FrameFault& fault) {
  switch (fault.kind) {
    case FrameFault::Kind::kSignal:
      return fmt::format("its dissection ends the process by signal {} ({})", fault.value,
                         strsignal(fault.value));
    case FrameFault::Kind::kExit:
      return fmt::format("its dissection ends the process with status {}", fault.value);
    case FrameFault::Kind::kOverdue:
      return "its dissection takes longer than --frame-timeout";
    case FrameFault::Kind::kKilled:
      return "its dissection was killed twice (signal 9), as a machine without memory does";
    default:
      return "its dissection breaks the rules between processes";
  }
}

}  // namespace espcap::process
