// SPDX-License-Identifier: GPL-2.0-or-later
//
// What follows from a worker's death. Pure.
#ifndef ESPCAP_SUPERVISE_DEATH_POLICY_H_
#define ESPCAP_SUPERVISE_DEATH_POLICY_H_

#include <cstdint>

#include "process/messages.h"

namespace espcap::supervise {

enum class AfterDeath {
  kTakeUpAgain,    // from the frame after the last settled one
  kLeaveOutFrame,  // the same, without the frame that ended two workers
  kGiveUp
};

struct Death {
  uint32_t deaths = 0;       // of workers at this part of the capture, with this one
  uint32_t fatal_frame = 0;  // under dissection at this death; 0: none
  uint32_t previous_fatal_frame = 0;
  uint32_t left_out = 0;  // frames so far
};

constexpr uint32_t kMaxDeaths = 40;

constexpr AfterDeath Decide(const Death& death) {
  if (death.deaths > kMaxDeaths || death.left_out == process::Job::kMaxSkipped) {
    return AfterDeath::kGiveUp;
  }
  const bool again = death.fatal_frame != 0 && death.fatal_frame == death.previous_fatal_frame;
  return again ? AfterDeath::kLeaveOutFrame : AfterDeath::kTakeUpAgain;
}

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_DEATH_POLICY_H_
