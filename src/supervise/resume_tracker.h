// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which captures an earlier run has settled, and which this one has: the supervisor's side of the
// resume state. One thread.
#ifndef ESPCAP_SUPERVISE_RESUME_TRACKER_H_
#define ESPCAP_SUPERVISE_RESUME_TRACKER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/write_thread.h"
#include "espcap/fingerprint.h"
#include "espcap/sink.h"
#include "resume/resume_state.h"
#include "supervise/capture_queue.h"
#include "telemetry/log.h"

namespace espcap::supervise {

class ResumeTracker {
 public:
  // All is borrowed; `state` null: nothing is resumed. It is written by `writes`.
  ResumeTracker(resume::ResumeState* state, base::WriteThread& writes, telemetry::Log& log)
      : state_(state),
        writes_(writes),
        log_(log),
        warnings_(log, telemetry::Log::Level::kWarning, "the resume state") {}

  // A worker knows the capture's fingerprint; true where there is nothing left to do. A capture's
  // shards get one answer.
  bool IsSettled(Capture& capture, const Fingerprint& fingerprint);

  // Takes settled captures out of the queue, and records those that are complete once the sink has
  // them for good. The sink is borrowed until then.
  void Prune(CaptureQueue& captures, Sink& sink);

  [[nodiscard]] uint64_t skipped_captures() const { return skipped_captures_; }

 private:
  struct Settled {
    Fingerprint fingerprint;
    std::shared_ptr<const std::string> name;
  };
  using Captures = std::vector<Settled>;

  void RecordUnrecorded(Sink& sink);
  void Write(Captures captures, Sink& sink);
  void EndRecording(const Result<void>& recorded, Sink& sink);

  resume::ResumeState* state_;
  base::WriteThread& writes_;
  telemetry::Log& log_;
  telemetry::RateLimited warnings_;
  uint64_t skipped_captures_ = 0;
  Captures unrecorded_;  // while others are recorded
  bool is_recording_ = false;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_RESUME_TRACKER_H_
