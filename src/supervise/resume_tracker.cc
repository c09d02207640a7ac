// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/resume_tracker.h"

#include <fmt/format.h>

#include <utility>

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
  captures.Prune([this](const Capture& capture) {
    const bool is_news = state_ != nullptr && !capture.settled_before && capture.fingerprint;
    if (is_news && capture.Complete() && state_->Add(*capture.fingerprint)) {
      unrecorded_.push_back({*capture.fingerprint, capture.name});
    }
  });
  RecordUnrecorded(sink);
}

// One sync and one write at a time, however many captures end at once.
void ResumeTracker::RecordUnrecorded(Sink& sink) {
  if (is_recording_ || unrecorded_.empty()) return;
  is_recording_ = true;
  sink.Sync([this, &sink, captures = std::exchange(unrecorded_, {})](const Result<void>& synced) {
    if (!synced) return EndRecording(synced, sink);
    Write(captures, sink);
  });
}

void ResumeTracker::Write(Captures captures, Sink& sink) {
  writes_.Post(
      [state = state_, captures = std::move(captures)]() -> Result<void> {
        for (const Settled& capture : captures) {
          if (auto written = state->Write(capture.fingerprint, *capture.name); !written) {
            return written;
          }
        }
        return {};
      },
      [this, &sink](const Result<void>& written) { EndRecording(written, sink); });
}

// What can't be recorded is read again by the next run.
void ResumeTracker::EndRecording(const Result<void>& recorded, Sink& sink) {
  if (!recorded) warnings_.Report(recorded.error().message);
  is_recording_ = false;
  RecordUnrecorded(sink);
}

}  // namespace espcap::supervise
