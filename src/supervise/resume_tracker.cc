// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/resume_tracker.h"

#include <fmt/format.h>

namespace espcap::supervise {

bool ResumeTracker::IsSettled(Capture& capture, const Fingerprint& fingerprint) {
  if (!capture.fingerprint) {
    capture.fingerprint = fingerprint;
    capture.settled_before = state_ != nullptr && state_->Contains(fingerprint);
    if (capture.settled_before) {
      ++skipped_captures_;
      log_.Verbose(fmt::format("{}: settled by an earlier run; skipped", *capture.name));
    }
  }
  return capture.settled_before;
}

void ResumeTracker::Prune(CaptureQueue& captures, Sink& sink) {
  captures.Prune([this, &sink](const Capture& capture) {
    const bool is_news = state_ != nullptr && !capture.settled_before && capture.fingerprint;
    if (is_news && capture.Complete()) Record(capture, sink);
  });
}

// What can't be recorded is taken again by the next run.
void ResumeTracker::Record(const Capture& capture, Sink& sink) {
  auto recorded = sink.Sync();
  if (recorded) recorded = state_->Record(*capture.fingerprint, *capture.name);
  if (!recorded) warnings_.Report(recorded.error().message);
}

}  // namespace espcap::supervise
