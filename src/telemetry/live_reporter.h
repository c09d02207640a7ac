// SPDX-License-Identifier: GPL-2.0-or-later
//
// A line about live capture in the log, at intervals. One thread.
#ifndef ESPCAP_TELEMETRY_LIVE_REPORTER_H_
#define ESPCAP_TELEMETRY_LIVE_REPORTER_H_

#include <chrono>
#include <cstdint>

#include "espcap/destination.h"
#include "espcap/ledger.h"
#include "espcap/live_stats.h"
#include "telemetry/log.h"

namespace espcap::telemetry {

class LiveReporter {
 public:
  using Clock = std::chrono::steady_clock;

  // `interval` 0: never. The first line comes an interval from now. `log` is borrowed.
  LiveReporter(std::chrono::milliseconds interval, Destination destination, Log& log)
      : interval_(interval), destination_(destination), log_(log), reported_at_(Clock::now()) {}

  [[nodiscard]] Clock::time_point NextTime() const {
    return interval_.count() == 0 ? Clock::time_point::max() : reported_at_ + interval_;
  }
  [[nodiscard]] bool IsDue() const { return Clock::now() >= NextTime(); }
  void Report(const LiveStats& stats, const Ledger& ledger);

 private:
  std::chrono::milliseconds interval_;
  Destination destination_;
  Log& log_;
  Clock::time_point reported_at_;
  uint64_t received_then_ = 0;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LIVE_REPORTER_H_
