// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/record_time.h"

#include <sys/time.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace espcap::retrieve {
namespace {

constexpr time_t kLongestS = 60;  // of processor time, for one record; at most twice that

std::atomic<uint64_t> records_begun{0};
static_assert(std::atomic<uint64_t>::is_always_lock_free);

// Ends the process where no record was begun since the last time.
void EndIfStuck(int signal) {
  static std::atomic<uint64_t> begun_before{0};
  if (begun_before.exchange(records_begun) != records_begun) return;
  static_cast<void>(::signal(signal, SIG_DFL));
  static_cast<void>(::raise(signal));
}

}  // namespace

void LimitTimeOfRecords() {
  struct sigaction action {};
  action.sa_handler = EndIfStuck;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGPROF, &action, nullptr);
  const itimerval each{{kLongestS, 0}, {kLongestS, 0}};
  ::setitimer(ITIMER_PROF, &each, nullptr);
}

void BeginRecord() { ++records_begun; }

}  // namespace espcap::retrieve
