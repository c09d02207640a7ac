// SPDX-License-Identifier: GPL-2.0-or-later
//
// What becomes of a part of a capture when its worker has ended: another worker goes on with it, or
// the part has ended too. One thread.
#ifndef ESPCAP_SUPERVISE_PART_SUCCESSION_H_
#define ESPCAP_SUPERVISE_PART_SUCCESSION_H_

#include <optional>

#include "process/messages.h"
#include "supervise/batch_intake.h"
#include "supervise/capture_queue.h"
#include "supervise/run_state.h"
#include "telemetry/log.h"

namespace espcap::supervise {

class PartSuccession {
 public:
  // All is borrowed.
  PartSuccession(CaptureQueue& captures, WorkersSlots& slots, Rings& rings, RunState& state,
                 telemetry::Log& log)
      : captures_(captures), slots_(slots), rings_(rings), state_(state), log_(log) {}

  // `outcome`: what the worker said of its end; none: it died.
  void WorkerEnded(Part& part, std::optional<process::Outcome> outcome);
  // Of captures that nobody puts anything into any more.
  void CloseRings(const Capture& capture);

 private:
  void DissectorEnded(Part& part, std::optional<process::Outcome> outcome);
  void ReaderEnded(Part& part, std::optional<process::Outcome> outcome);
  void TakeUpAgain(Part& part);

  CaptureQueue& captures_;
  WorkersSlots& slots_;
  Rings& rings_;
  RunState& state_;
  telemetry::Log& log_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_PART_SUCCESSION_H_
