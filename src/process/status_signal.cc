// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/status_signal.h"

#include <csignal>

namespace espcap::process {
namespace {

volatile std::sig_atomic_t status_requested = 0;

}  // namespace

void InstallStatusSignal() {
  struct sigaction action {};
  action.sa_handler = [](int /*signal*/) { status_requested = 1; };
  action.sa_flags = SA_RESTART;  // a read or write under way goes on
  sigemptyset(&action.sa_mask);
  sigaction(SIGUSR1, &action, nullptr);
}

bool StatusRequested() { return status_requested != 0; }

void TakeStatusRequest() { status_requested = 0; }

}  // namespace espcap::process
