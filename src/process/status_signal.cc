// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/status_signal.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include "base/event_fd.h"

namespace espcap::process {
namespace {

static_assert(std::atomic<int>::is_always_lock_free);
std::atomic<int> event_fd = -1;

// Only what is safe in a handler (signal-safety(7)).
void HandleSignal(int /*signal*/) {
  const int error = errno;
  base::SignalEventFd(event_fd);
  errno = error;
}

}  // namespace

void InstallStatusSignal() {
  event_fd = base::MakeEventFd().Release();
  struct sigaction action {};
  action.sa_handler = HandleSignal;
  action.sa_flags = SA_RESTART;  // a read or write under way goes on
  sigemptyset(&action.sa_mask);
  sigaction(SIGUSR1, &action, nullptr);
}

int StatusEventFd() { return event_fd; }

bool ConsumeStatusRequest() { return base::ClearEventFd(event_fd); }

}  // namespace espcap::process
