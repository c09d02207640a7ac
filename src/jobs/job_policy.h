// SPDX-License-Identifier: GPL-2.0-or-later
//
// What becomes of a job. A pure function.
#ifndef ESPCAP_JOBS_JOB_POLICY_H_
#define ESPCAP_JOBS_JOB_POLICY_H_

#include <cstdint>

#include "espcap/capture_end.h"

namespace espcap::jobs {

enum class JobAction : uint8_t {
  kSettle,      // a result says that it is done
  kAgain,       // it goes to the topic's end, to be tried once more
  kDeadLetter,  // it was tried often enough
  kLeave,       // it stays where it is, for the next member
};

constexpr uint32_t kMaxAttempts = 2;

constexpr JobAction ActionFor(CaptureEnd::Kind end, uint32_t attempt) {
  switch (end) {
    case CaptureEnd::Kind::kDone:
      return JobAction::kSettle;
    case CaptureEnd::Kind::kFailed:
      return attempt < kMaxAttempts ? JobAction::kAgain : JobAction::kDeadLetter;
    case CaptureEnd::Kind::kInterrupted:
      break;
  }
  return JobAction::kLeave;
}

}  // namespace espcap::jobs

#endif  // ESPCAP_JOBS_JOB_POLICY_H_
