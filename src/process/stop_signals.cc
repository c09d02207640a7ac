// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/stop_signals.h"

#include <unistd.h>

#include <csignal>

namespace espcap::process {
namespace {

constexpr int kSignalExitBase = 128;       // as shells report a process that a signal ended
constexpr unsigned kInterruptSeconds = 1;  // how long a blocked read can hold up the stop

volatile std::sig_atomic_t stop_requested = 0;

void RequestStop(int signal) {
  if (stop_requested != 0) ::_exit(kSignalExitBase + signal);
  stop_requested = 1;
  // A read that begins just after this handler isn't interrupted by it: the alarm does that.
  ::alarm(kInterruptSeconds);
}

void InterruptRead(int /*signal*/) { ::alarm(kInterruptSeconds); }

void Install(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = 0;  // no SA_RESTART: a read from a pipe must end
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void InstallStopSignals() {
  Install(SIGPIPE, SIG_IGN);
  Install(SIGXFSZ, SIG_IGN);
  Install(SIGALRM, InterruptRead);
  Install(SIGINT, RequestStop);
  Install(SIGTERM, RequestStop);
}

bool StopRequested() { return stop_requested != 0; }

}  // namespace espcap::process
