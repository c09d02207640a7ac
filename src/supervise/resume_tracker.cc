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
  if (!state_->Add(*capture.fingerprint)) return;
  const auto told = [this](const Result<void>& recorded) {
    if (!recorded) warnings_.Report(recorded.error().message);
  };
  sink.Sync([this, told, fingerprint = *capture.fingerprint,
             name = capture.name](const Result<void>& synced) {
    if (!synced) return told(synced);
    writes_.Post([state = state_, fingerprint, name] { return state->Write(fingerprint, *name); },
                 told);
  });
}

}  // namespace espcap::supervise
