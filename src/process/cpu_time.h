// SPDX-License-Identifier: GPL-2.0-or-later
//
// How much of the processors' time a process has had.
#ifndef ESPCAP_PROCESS_CPU_TIME_H_
#define ESPCAP_PROCESS_CPU_TIME_H_

#include <sys/types.h>

#include <chrono>
#include <ctime>

namespace espcap::process {

// Zero where it can't be known: the process is gone.
inline std::chrono::nanoseconds CpuTimeOf(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_CPU_TIME_H_
