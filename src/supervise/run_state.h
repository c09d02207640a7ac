// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run has in addition to its ledger: a state with a reason for where packets come from,
// where documents go, and whether it was told to stop.
#ifndef ESPCAP_SUPERVISE_RUN_STATE_H_
#define ESPCAP_SUPERVISE_RUN_STATE_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace espcap::supervise {

// Whether more documents can come.
enum class InputState : uint8_t {
  kOpen,
  kReaderLost,  // of a stream: what comes after is lost
  kLost,        // the process that makes workers has ended: what is made is still delivered
};

// Whether documents are offered to the destination.
enum class OutputState : uint8_t {
  kOpen,
  kTimeUp,  // told to stop, and the time for delivery is over: the rest is kept, or given up
  kGone,    // it failed: nothing can be delivered any more
};

// Why intake ends before its sources do.
enum class StopReason : uint8_t {
  kSignal,
  kDuration,  // --duration
  kCount,     // --count
  kInputLost,
  kOutputGone,
};

// Somebody wanted it.
inline bool IsAsked(const std::optional<StopReason>& stop) {
  return stop && *stop != StopReason::kInputLost && *stop != StopReason::kOutputGone;
}

struct RunState {
  bool running = false;     // Run() was called: failures are the run's, not the start's
  bool had_output = false;  // it was ready, if only once
  InputState input = InputState::kOpen;
  OutputState output = OutputState::kOpen;
  std::optional<StopReason> stop;
  // From the first stop on: what isn't delivered by then is given up, or kept for the next run.
  std::chrono::steady_clock::time_point stop_deadline;
  // A later signal: there is no time for more than what disk and log need.
  std::optional<std::chrono::steady_clock::time_point> stop_now_at;
  // Everything is captured, and what isn't delivered lies on disk.
  std::optional<std::chrono::steady_clock::time_point> safe_since;
  uint64_t faulty_captures = 0;
  uint64_t unreadable_files = 0;
  uint64_t worker_restarts = 0;
  uint64_t sessions_replaced = 0;
};

// What workers make can still be delivered.
inline bool Delivers(const RunState& state) { return state.output == OutputState::kOpen; }

// No worker can begin any more.
inline bool HasNoWorkers(const RunState& state) { return state.input == InputState::kLost; }

// No more time for delivery.
inline bool IsLate(const RunState& state, std::chrono::steady_clock::time_point now) {
  return state.stop && now >= state.stop_deadline;
}

// Until when what is left can be put on disk, since `begun`; then it is given up.
inline std::chrono::steady_clock::time_point CloseDeadline(
    const RunState& state, std::chrono::steady_clock::time_point begun) {
  constexpr std::chrono::seconds kCloseTime{5};
  constexpr std::chrono::seconds kStopNowCloseTime{1};
  if (state.stop_now_at) return *state.stop_now_at + kStopNowCloseTime;
  if (!state.stop) return std::chrono::steady_clock::time_point::max();
  return std::max(begun, state.stop_deadline) + kCloseTime;
}

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_RUN_STATE_H_
