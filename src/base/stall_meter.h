// SPDX-License-Identifier: GPL-2.0-or-later
//
// Measures how long an event loop is at work between two waits. Time in which its thread waited for
// a processor is not its own, and left out (schedstat in proc(5); where the kernel doesn't count
// that, it is in). One thread.
#ifndef ESPCAP_BASE_STALL_METER_H_
#define ESPCAP_BASE_STALL_METER_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/file_descriptor.h"
#include "espcap/loop_stats.h"

namespace espcap::base {

// Nanoseconds that a thread has waited for a processor: the second number of its schedstat; 0 where
// there is none.
uint64_t ParseRunDelay(std::string_view schedstat);

// The largest of the values that were added in the last two minutes, to ten seconds.
class RecentMaximum {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Add(double value, Time now);
  [[nodiscard]] double Of(Time now) const;

 private:
  static constexpr std::chrono::seconds kPiece{10};
  static constexpr size_t kPieces = 12;

  struct Piece {
    int64_t number = -1;
    double maximum = 0;
  };
  static int64_t NumberOf(Time now) { return now.time_since_epoch() / kPiece; }

  std::array<Piece, kPieces> pieces_;
};

class StallMeter {
 public:
  using Clock = std::chrono::steady_clock;

  // Of the calling thread.
  StallMeter();

  // A wait has ended, and another one begins.
  void Begin();
  void End();

  [[nodiscard]] LoopStats stats() const;

 private:
  [[nodiscard]] uint64_t RunDelayNs() const;

  FileDescriptor schedstat_;
  bool has_begun_ = false;
  Clock::time_point began_;
  uint64_t run_delay_ns_ = 0;
  LoopStats stats_;
  RecentMaximum maximum_;
};

}  // namespace espcap::base

#endif  // ESPCAP_BASE_STALL_METER_H_
