// SPDX-License-Identifier: GPL-2.0-or-later
//
// What follows from a worker's death, and when. Pure; told the time.
#ifndef ESPCAP_SUPERVISE_DEATH_POLICY_H_
#define ESPCAP_SUPERVISE_DEATH_POLICY_H_

#include <chrono>
#include <cstdint>
#include <optional>

#include "process/frame_faults.h"

namespace espcap::supervise {

// How a process that said nothing of its end came to it, of no frame yet. `wait_status`: waitpid's.
// `own_kill`: why the supervisor has ended it; none: it didn't.
process::FrameFault FaultOf(int wait_status, std::optional<process::FrameFault::Kind> own_kill);

enum class AfterDeath : uint8_t {
  kResume,      // from the frame after the last settled one
  kBlameFrame,  // the same; the frame under dissection goes into quarantine
  kBlameFirst,  // the same; the first frame that isn't settled does
  kGiveUp
};

struct Death {
  process::FrameFault::Kind kind = process::FrameFault::Kind::kSignal;
  bool is_stream = false;
  uint32_t frame = 0;           // under dissection; 0: none
  uint32_t previous_frame = 0;  // at the death before
  // In a row, with this one: deaths since which no frame was settled, and none blamed.
  uint32_t starts_without_progress = 1;
};

// A machine without memory kills one process after the other.
constexpr uint32_t kMaxStartsWithoutProgress = 16;
// Of workers that go wrong where no frame is: in reading.
constexpr uint32_t kMaxFaultsWithoutProgress = 5;

constexpr AfterDeath Decide(const Death& death) {
  using Kind = process::FrameFault::Kind;
  if (!death.is_stream && death.starts_without_progress > kMaxStartsWithoutProgress &&
      death.kind != Kind::kKilled) {
    return AfterDeath::kGiveUp;
  }
  switch (death.kind) {
    case Kind::kProtocol:
      // After the first one, each frame is handed over by itself: the fault is the next one's.
      return death.starts_without_progress > 1 ? AfterDeath::kBlameFirst : AfterDeath::kResume;
    case Kind::kKilled:
      if (death.frame != 0 && death.frame == death.previous_frame) return AfterDeath::kBlameFrame;
      return death.starts_without_progress >= kMaxStartsWithoutProgress ? AfterDeath::kBlameFirst
                                                                        : AfterDeath::kResume;
    default:
      if (death.frame != 0) return AfterDeath::kBlameFrame;
      if (death.starts_without_progress < kMaxFaultsWithoutProgress) return AfterDeath::kResume;
      return death.is_stream ? AfterDeath::kBlameFirst : AfterDeath::kGiveUp;
  }
}

// Frames that are dissected again, for the state that they leave, cost time: up to this much.
struct Repeated {
  uint64_t frames = 0;
  uint64_t bytes = 0;  // of the file
};
constexpr bool ExceedsRepeatLimit(const Repeated& repeated, uint64_t file_bytes) {
  constexpr uint64_t kMaxFrames = 1'000'000;
  constexpr uint64_t kMaxTimes = 5;
  return repeated.frames > kMaxFrames && repeated.bytes / kMaxTimes > file_bytes;
}

// Deaths have a rate. The first ones of a part, and those after which its work goes on, cost no
// time but their own.
class DeathRate {
 public:
  using Clock = std::chrono::steady_clock;

  // One more; how long the next worker waits. `starts_without_progress` as above.
  Clock::duration Add(Clock::time_point now, uint32_t starts_without_progress);

 private:
  double deaths_ = 0;  // that count at present
  Clock::time_point last_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_DEATH_POLICY_H_
