// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/stop_signals.h"

#include <unistd.h>

#include <csignal>

namespace espcap::process {
namespace {

constexpr int kSignalExitBase = 128;  // as shells report a process that a signal ended

volatile std::sig_atomic_t stop_requested = 0;

void RequestStop(int signal) {
  if (stop_requested != 0) ::_exit(kSignalExitBase + signal);
  stop_requested = 1;
}

void Install(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = 0;  // no SA_RESTART: what waits must see it
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void InstallStopSignals() {
  Install(SIGPIPE, SIG_IGN);
  Install(SIGXFSZ, SIG_IGN);
  Install(SIGINT, RequestStop);
  Install(SIGTERM, RequestStop);
}

void LeaveStopSignalsToSupervisor() {
  Install(SIGPIPE, SIG_IGN);
  Install(SIGXFSZ, SIG_IGN);
  Install(SIGINT, SIG_IGN);
  Install(SIGTERM, SIG_IGN);
  Install(SIGUSR1, SIG_IGN);
  Install(ReadInterruptingSignal(), [](int /*signal*/) {});
}

int ReadInterruptingSignal() { return SIGUSR2; }

bool StopRequested() { return stop_requested != 0; }

}  // namespace espcap::process
