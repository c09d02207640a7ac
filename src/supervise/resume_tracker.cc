// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/resume_tracker.h"

#include <fmt/format.h>

#include <utility>

namespace espcap::supervise {

using resume::FileFate;

// Where a file is to go, it isn't enough that an earlier run had kept its documents in a spool: it
// is read again, and the server says that it has them.
bool ResumeTracker::IsSettled(Capture& capture, const Fingerprint& fingerprint) {
  if (!capture.fingerprint) {
    capture.fingerprint = fingerprint;
    capture.settled_before = state_ != nullptr && state_->Contains(fingerprint) &&
                             (!FileGoes(capture) || state_->IsAcknowledged(fingerprint));
    if (capture.settled_before) {
      ++skipped_captures_;
      log_.Verbose(fmt::format("{}: settled by an earlier run; skipped", *capture.name));
    }
  }
  return capture.settled_before;
}

void ResumeTracker::RecordNoted(Sink& sink, const Ledger& ledger) {
  if (!spooled_.empty() && !sink.HoldsSpooled()) RecordUnspooled(ledger.Undelivered());
  RecordUnrecorded(sink);
}

void ResumeTracker::Note(const Capture& capture) {
  if (FileGoes(capture) && capture.archive == nullptr) ++captures_of_directories_;
  if (!capture.fingerprint || !capture.Complete()) return;
  Settled settled{{*capture.fingerprint, false}, capture.name, capture.file};
  settled.is_news =
      state_ != nullptr && !capture.settled_before && state_->Add(*capture.fingerprint);
  const bool may_go = FileGoes(capture) && !capture.has_quarantined;
  if (may_go && capture.delivery == Delivery::kAcknowledged) {
    settled.capture.is_acknowledged = true;
    settled.file_goes = capture.archive == nullptr;
    settled.is_news = state_ != nullptr && !capture.settled_before;
  }
  if (settled.is_news || settled.file_goes) unrecorded_.push_back(settled);
  if (may_go && capture.archive == nullptr && capture.delivery == Delivery::kSpooled) {
    spooled_.push_back({settled, *capture.undelivered_at_spooling});
  }
}

// Nothing is in the spool any more. If the whole run has lost no document meanwhile, and has none
// among the dead letters, these captures have not either.
void ResumeTracker::RecordUnspooled(uint64_t undelivered) {
  for (Spooled& spooled : std::exchange(spooled_, {})) {
    if (spooled.undelivered != undelivered) continue;
    spooled.settled.file_goes = spooled.settled.capture.is_acknowledged = true;
    spooled.settled.is_news = state_ != nullptr;
    unrecorded_.push_back(std::move(spooled.settled));
  }
}

// One sync and one write at a time, however many captures end at once.
void ResumeTracker::RecordUnrecorded(Sink& sink) {
  if (is_recording_ || unrecorded_.empty()) return;
  is_recording_ = true;
  sink.Sync([this, &sink, captures = std::exchange(unrecorded_, {})](Result<void> synced) {
    if (!synced) return EndRecording({std::move(synced), {}, {}}, sink);
    writes_.Post(
        [state = state_, files = files_, captures] { return Record(state, files, captures); },
        [this, &sink](const Recorded& recorded) { EndRecording(recorded, sink); });
  });
}

// A file goes only once the state says on disk that it may.
ResumeTracker::Recorded ResumeTracker::Record(resume::ResumeState* state,
                                              const resume::SettledFiles* files,
                                              const Captures& captures) {
  Recorded recorded;
  for (const Settled& settled : captures) {
    if (settled.is_news) {
      recorded.written = state->Write(settled.capture, *settled.name);
      if (!recorded.written) break;
      if (settled.capture.is_acknowledged) {
        recorded.acknowledged.push_back(settled.capture.fingerprint);
      }
    }
    if (settled.file_goes) recorded.fates.push_back(files->Dispose(*settled.name, settled.file));
  }
  return recorded;
}

// What can't be recorded is read again by the next run.
void ResumeTracker::EndRecording(const Recorded& recorded, Sink& sink) {
  if (!recorded.written) warnings_.Report(recorded.written.error().message);
  for (const Fingerprint& fingerprint : recorded.acknowledged) {
    state_->SetAcknowledged(fingerprint);
  }
  for (const FileFate& fate : recorded.fates) {
    switch (fate.kind) {
      case FileFate::Kind::kGone:
        ++files_gone_;
        log_.Verbose(fate.message);
        break;
      case FileFate::Kind::kKept:
        kept_files_.Report(fate.message);
        break;
      case FileFate::Kind::kFailed:
        failed_files_.Report(fate.message);
    }
  }
  is_recording_ = false;
  RecordUnrecorded(sink);
}

void ResumeTracker::Summarize() const {
  if (skipped_captures_ > 0) {
    log_.Info(
        fmt::format("{} captures skipped: an earlier run has settled them", skipped_captures_));
  }
  if (files_ == nullptr) return;
  log_.Info(fmt::format("--after: files deleted or moved: {}, kept: {}", files_gone_,
                        captures_of_directories_ - files_gone_));
}

}  // namespace espcap::supervise
