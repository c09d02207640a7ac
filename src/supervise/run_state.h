// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run knows of itself beside its books.
#ifndef ESPCAP_SUPERVISE_RUN_STATE_H_
#define ESPCAP_SUPERVISE_RUN_STATE_H_

#include <chrono>
#include <cstdint>
#include <optional>

namespace espcap::supervise {

struct RunState {
  bool running = false;      // Run() was called: failures are the run's, not the start's
  bool sink_failed = false;  // or given up: nothing more is offered to it
  bool stopping = false;
  std::optional<std::chrono::steady_clock::time_point> stopped_at;
  uint64_t worker_restarts = 0;
  uint64_t sessions_replaced = 0;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_RUN_STATE_H_
