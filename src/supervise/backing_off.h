// SPDX-License-Identifier: GPL-2.0-or-later
//
// Parts of captures whose next worker waits for its time. One thread; told the time.
#ifndef ESPCAP_SUPERVISE_BACKING_OFF_H_
#define ESPCAP_SUPERVISE_BACKING_OFF_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include "supervise/capture_queue.h"

namespace espcap::supervise {

class BackingOff {
 public:
  using Clock = std::chrono::steady_clock;

  void Add(Part& part, Clock::time_point until) { parts_.push_back({&part, until}); }
  // Those whose time has come go back into the queue.
  void Return(CaptureQueue& captures, Clock::time_point now) {
    std::erase_if(parts_, [&captures, now](const Waiting& waiting) {
      if (waiting.until > now) return false;
      captures.PutBack(*waiting.part);
      return true;
    });
  }
  // When the first one's has; the latest time there is: none waits.
  [[nodiscard]] Clock::time_point NextTime() const {
    auto next = Clock::time_point::max();
    for (const Waiting& waiting : parts_) next = std::min(next, waiting.until);
    return next;
  }
  [[nodiscard]] bool empty() const { return parts_.empty(); }
  // Whose place among the workers is kept: in ordered runs the others may wait for them.
  [[nodiscard]] size_t dissecting() const {
    return static_cast<size_t>(
        std::count_if(parts_.begin(), parts_.end(),
                      [](const Waiting& waiting) { return waiting.part->job.Dissects(); }));
  }
  // Of rings: nobody reads them.
  [[nodiscard]] size_t rings() const {
    return static_cast<size_t>(
        std::count_if(parts_.begin(), parts_.end(), [](const Waiting& waiting) {
          return waiting.part->job.role == process::Job::Role::kDissectStream;
        }));
  }

 private:
  struct Waiting {
    Part* part;
    Clock::time_point until;
  };
  std::vector<Waiting> parts_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_BACKING_OFF_H_
