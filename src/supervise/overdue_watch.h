// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a worker's work goes on. Pure; told the time.
#ifndef ESPCAP_SUPERVISE_OVERDUE_WATCH_H_
#define ESPCAP_SUPERVISE_OVERDUE_WATCH_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace espcap::supervise {

class OverdueWatch {
 public:
  using Clock = std::chrono::steady_clock;

  struct Observation {
    uint64_t work = 0;                      // a number that rises as it works
    std::chrono::nanoseconds cpu;           // what it has had of the processors' time
    bool waits_for_us = false;              // for a slot, once it has something to put there
    bool may_be_idle = false;               // it may wait for its input, for any time
    Clock::duration least_by_the_clock{0};  // it has at least so much time
  };

  // True where the number has not changed for `limit` of the process's own time, or for six times
  // as much by the clock: a machine may have little time for it, or a disk may not answer. One that
  // may wait does so where it uses less than an eighth of a processor.
  // What passes between two looks counts as `limit` at most: this process may not have run itself.
  bool IsOverdue(Clock::time_point now, const Observation& seen, Clock::duration limit) {
    constexpr int kTimesByTheClock = 6;
    constexpr int kTimesOfItsOwn = 8;
    if (has_begun_) waited_ += std::min(now - looked_at_, limit);
    looked_at_ = now;
    const bool may_wait = seen.waits_for_us || seen.may_be_idle;
    const bool waits = may_wait && (seen.cpu - cpu_) * kTimesOfItsOwn < waited_;
    if (!has_begun_ || seen.work != work_ || waits) {
      has_begun_ = true;
      work_ = seen.work;
      cpu_ = seen.cpu;
      waited_ = Clock::duration::zero();
      return false;
    }
    const auto longest =
        std::max<Clock::duration>(limit * kTimesByTheClock, seen.least_by_the_clock);
    return seen.cpu - cpu_ >= limit || (!may_wait && waited_ >= longest);
  }

 private:
  bool has_begun_ = false;
  uint64_t work_ = 0;  // as it last changed, and what its process had had then
  std::chrono::nanoseconds cpu_{0};
  Clock::duration waited_{0};  // since
  Clock::time_point looked_at_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_OVERDUE_WATCH_H_
