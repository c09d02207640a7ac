// SPDX-License-Identifier: GPL-2.0-or-later
//
// eventfd(2): a descriptor that is readable from a signal on until it is cleared. Any thread or
// process that has it, and signal handlers (but for making one).
#ifndef ESPCAP_BASE_EVENT_FD_H_
#define ESPCAP_BASE_EVENT_FD_H_

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "base/file_descriptor.h"

namespace espcap::base {

// Invalid, with errno set, where there is none left.
inline FileDescriptor MakeEventFd() {
  return FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

inline void SignalEventFd(int event_fd) {
  const uint64_t one = 1;
  // It can only fail where it is readable already.
  [[maybe_unused]] const ssize_t written = ::write(event_fd, &one, sizeof(one));
}

// Whether it was signalled.
inline bool ClearEventFd(int event_fd) {
  uint64_t signals = 0;
  return ::read(event_fd, &signals, sizeof(signals)) > 0;
}

}  // namespace espcap::base

#endif  // ESPCAP_BASE_EVENT_FD_H_
