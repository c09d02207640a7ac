// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run knows of itself beside its books.
#ifndef ESPCAP_SUPERVISE_RUN_STATE_H_
#define ESPCAP_SUPERVISE_RUN_STATE_H_

#include <algorithm>
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

// No more time for delivery.
inline bool IsLate(const RunState& state, std::chrono::steady_clock::time_point now) {
  return state.stop && now >= state.stop_deadline;
}

// Until when what is left can be put on disk, since `begun`; then it is given up.
inline std::chrono::steady_clock::time_point CloseDeadline(
    const RunState& state, std::chrono::steady_clock::time_point begun) {
  constexpr std::chrono::seconds kCloseTime{5};
  constexpr std::chrono::seconds kHurriedCloseTime{1};
  if (state.hurried_at) return *state.hurried_at + kHurriedCloseTime;
  if (!state.stop) return std::chrono::steady_clock::time_point::max();
  return std::max(begun, state.stop_deadline) + kCloseTime;
}

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_RUN_STATE_H_
