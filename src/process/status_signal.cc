// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/status_signal.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace espcap::process {
namespace {

static_assert(std::atomic<int>::is_always_lock_free);
std::atomic<int> event_fd = -1;

// Only what is safe in a handler (signal-safety(7)).
void TakeSignal(int /*signal*/) {
  const int error = errno;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event_fd, &one, sizeof(one));
  errno = error;
}

}  // namespace

void InstallStatusSignal() {
  event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action {};
  action.sa_handler = TakeSignal;
  action.sa_flags = SA_RESTART;  // a read or write under way goes on
  sigemptyset(&action.sa_mask);
  sigaction(SIGUSR1, &action, nullptr);
}

int StatusEventFd() { return event_fd; }

bool TakeStatusRequest() {
  uint64_t requests = 0;
  return ::read(event_fd, &requests, sizeof(requests)) > 0;
}

}  // namespace espcap::process
