// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/stop_signals.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

#include "base/event_fd.h"

namespace espcap::process {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kSameRequestNs = kSecondNs;
constexpr unsigned kStopNowSeconds = 2;  // then the process ends, whatever holds it up
constexpr int kSignalExitBase = 128;     // as shells report a process that a signal ended

static_assert(std::atomic<int64_t>::is_always_lock_free && std::atomic<int>::is_always_lock_free);
std::atomic<int> first_signal = 0;
std::atomic<int64_t> first_at_ns = 0;
std::atomic<bool> stop_now = false;
std::atomic<int> event_fd = -1;

// Only what is safe in a handler (signal-safety(7)).
void HandleSignal(int signal) {
  const int error = errno;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t now_ns = now.tv_sec * kSecondNs + now.tv_nsec;
  if (first_signal == 0) {
    first_at_ns = now_ns;
    first_signal = signal;
  } else if (now_ns - first_at_ns > kSameRequestNs) {
    if (!stop_now.exchange(true)) ::alarm(kStopNowSeconds);
  }
  base::SignalEventFd(event_fd);
  errno = error;
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
  event_fd = base::MakeEventFd().Release();
  Install(SIGPIPE, SIG_IGN);
  Install(SIGXFSZ, SIG_IGN);
  Install(SIGINT, HandleSignal);
  Install(SIGTERM, HandleSignal);
  Install(SIGALRM, [](int /*signal*/) { ::_exit(kSignalExitBase + first_signal); });
  struct sigaction before {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) Install(SIGHUP, HandleSignal);
}

int StopSignal() { return first_signal; }

bool StopNowRequested() { return stop_now; }

int StopEventFd() { return event_fd; }

void ClearStopEvent() { base::ClearEventFd(event_fd); }

void LeaveStopSignalsToSupervisor() {
  Install(SIGPIPE, SIG_IGN);
  Install(SIGXFSZ, SIG_IGN);
  Install(SIGINT, SIG_IGN);
  Install(SIGTERM, SIG_IGN);
  Install(SIGHUP, SIG_IGN);
  Install(SIGUSR1, SIG_IGN);
  Install(ReadInterruptingSignal(), [](int /*signal*/) {});
}

int ReadInterruptingSignal() { return SIGUSR2; }

}  // namespace espcap::process
