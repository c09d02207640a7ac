// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/stall_meter.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace espcap::base {

uint64_t ParseRunDelay(std::string_view schedstat) {
  const size_t space = schedstat.find(' ');
  if (space == std::string_view::npos) return 0;
  uint64_t delay_ns = 0;
  std::from_chars(schedstat.data() + space + 1, schedstat.data() + schedstat.size(), delay_ns);
  return delay_ns;
}

void RecentMaximum::Add(double value, Time now) {
  const int64_t number = NumberOf(now);
  Piece& piece = pieces_.at(static_cast<size_t>(number) % kPieces);
  if (piece.number != number) piece = {number, 0};
  piece.maximum = std::max(piece.maximum, value);
}

double RecentMaximum::Of(Time now) const {
  const int64_t oldest = NumberOf(now) - static_cast<int64_t>(kPieces) + 1;
  double maximum = 0;
  for (const Piece& piece : pieces_) {
    if (piece.number >= oldest) maximum = std::max(maximum, piece.maximum);
  }
  return maximum;
}

StallMeter::StallMeter()
    : schedstat_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}

uint64_t StallMeter::RunDelayNs() const {
  std::array<char, 64> text;
  const ssize_t bytes = ::pread(schedstat_.get(), text.data(), text.size(), 0);
  return bytes > 0 ? ParseRunDelay({text.data(), static_cast<size_t>(bytes)}) : 0;
}

void StallMeter::Begin() {
  has_begun_ = true;
  run_delay_ns_ = RunDelayNs();
  began_ = Clock::now();
}

void StallMeter::End() {
  if (!has_begun_) return;
  const Clock::time_point now = Clock::now();
  const std::chrono::nanoseconds waited(RunDelayNs() - run_delay_ns_);
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - began_).count() -
                                           std::chrono::duration<double>(waited).count());
  const auto* const bound =
      std::lower_bound(LoopStats::kBoundsSeconds.begin(), LoopStats::kBoundsSeconds.end(), seconds);
  ++stats_.stalls.at(static_cast<size_t>(bound - LoopStats::kBoundsSeconds.begin()));
  stats_.sum_seconds += seconds;
  maximum_.Add(seconds, now);
}

LoopStats StallMeter::stats() const {
  LoopStats stats = stats_;
  stats.max_seconds = maximum_.Of(Clock::now());
  return stats;
}

}  // namespace espcap::base
