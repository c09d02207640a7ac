// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run knows of itself beside its books.
#ifndef ESPCAP_SUPERVISE_RUN_STATE_H_
#define ESPCAP_SUPERVISE_RUN_STATE_H_

#include <chrono>
#include <cstdint>
#include <optional>

namespace espcap::supervise {

// Why intake ends before its sources do.
enum class StopReason : uint8_t {
  kSignal,
  kDuration,    // --duration
  kCount,       // --count
  kSinkFailed,  // nothing can be delivered any more
};

struct RunState {
  bool running = false;      // Run() was called: failures are the run's, not the start's
  bool sink_failed = false;  // or given up: nothing more is offered to it
  std::optional<StopReason> stop;
  // From the first stop on: what isn't delivered by then is given up, or kept for the next run.
  std::chrono::steady_clock::time_point stop_deadline;
  // A later signal: there is no time for more than what disk and log need.
  std::optional<std::chrono::steady_clock::time_point> hurried_at;
  // Everything is captured, and what isn't delivered lies on disk.
  std::optional<std::chrono::steady_clock::time_point> safe_since;
  uint64_t worker_restarts = 0;
  uint64_t sessions_replaced = 0;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_RUN_STATE_H_
