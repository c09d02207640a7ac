// SPDX-License-Identifier: GPL-2.0-or-later
//
// What becomes of a part of a capture when its worker has ended: another worker goes on with it, or
// the part has ended too. One thread.
#ifndef ESPCAP_SUPERVISE_PART_SUCCESSION_H_
#define ESPCAP_SUPERVISE_PART_SUCCESSION_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "process/messages.h"
#include "supervise/backing_off.h"
#include "supervise/batch_intake.h"
#include "supervise/capture_queue.h"
#include "supervise/run_state.h"
#include "supervise/unpacked_files.h"
#include "telemetry/log.h"

namespace espcap::supervise {

class PartSuccession {
 public:
  using Clock = std::chrono::steady_clock;

  struct End {
    std::optional<process::Outcome> outcome;  // what the worker said of it; none: it died
    process::FrameFault fault;                // where it died
    int start_error = 0;                      // errno: it never began
  };

  // All is borrowed. `two_pass`: a file's session can't be replaced.
  PartSuccession(CaptureQueue& captures, UnpackedFiles& unpacked_files, WorkersSlots& slots,
                 Rings& rings, RunState& state, telemetry::Log& log, bool two_pass)
      : captures_(captures),
        unpacked_files_(unpacked_files),
        slots_(slots),
        rings_(rings),
        state_(state),
        log_(log),
        two_pass_(two_pass) {}

  void WorkerEnded(Part& part, const End& end, Clock::time_point now);
  // An error was said of it.
  void NoteFault(Capture& capture, std::string_view message);
  // Of captures that nobody puts anything into any more.
  void CloseRings(const Capture& capture);

  // Parts whose next worker waits for its time.
  [[nodiscard]] BackingOff& backing_off() { return backing_off_; }
  [[nodiscard]] const BackingOff& backing_off() const { return backing_off_; }

 private:
  void DissectorEnded(Part& part, const End& end, Clock::time_point now);
  void ReaderEnded(Part& part, const End& end, Clock::time_point now);
  void UnpackerEnded(Part& part, std::optional<process::Outcome> outcome);
  void StartAgain(Part& part, int error, Clock::time_point now);
  void ResumeAfterDeath(Part& part, process::FrameFault fault, Clock::time_point now);
  [[nodiscard]] bool MakesNoProgress(const Part& part, uint32_t frame) const;
  void Blame(Part& part, const process::FrameFault& fault);
  static uint32_t CountStartWithoutProgress(Part& part);
  // Its next session knows nothing of the frames before.
  static void BeginFresh(Part& part);
  void ReportFault(Capture& capture, const std::string& what);
  void EndPart(Part& part, std::optional<process::Outcome> outcome);
  void PutBack(Part& part, Clock::duration wait, Clock::time_point now);

  CaptureQueue& captures_;
  UnpackedFiles& unpacked_files_;
  WorkersSlots& slots_;
  Rings& rings_;
  RunState& state_;
  telemetry::Log& log_;
  bool two_pass_;
  BackingOff backing_off_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_PART_SUCCESSION_H_
