// SPDX-License-Identifier: GPL-2.0-or-later
//
// One line on a terminal that shows how far a run over files is. Does nothing elsewhere.
#ifndef ESPCAP_TELEMETRY_PROGRESS_H_
#define ESPCAP_TELEMETRY_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "telemetry/log.h"

namespace espcap::telemetry {

struct ProgressState {
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;  // 0: unknown (a pipe)
  uint64_t packets = 0;
};

// " 42 %  123456 packets  45000 packets/s  0:12 left".
std::string FormatProgress(const ProgressState& state, std::chrono::duration<double> elapsed);

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // `log` is borrowed. `enabled`: standard error is a terminal and the user wants to see it.
  Progress(Log& log, bool enabled)
      : log_(log), enabled_(enabled), start_(Clock::now()), shown_(start_) {}

  // Cheap enough for every few packets: draws a few times a second.
  void Update(const ProgressState& state);
  // When it would draw again.
  [[nodiscard]] Clock::time_point NextTime() const;

 private:
  Log& log_;
  bool enabled_;
  Clock::time_point start_;
  Clock::time_point shown_;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_PROGRESS_H_
