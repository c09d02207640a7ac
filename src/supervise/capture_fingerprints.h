// SPDX-License-Identifier: GPL-2.0-or-later
//
// Has the fingerprints of captures found, and tells the queue. One thread.
#ifndef ESPCAP_SUPERVISE_CAPTURE_FINGERPRINTS_H_
#define ESPCAP_SUPERVISE_CAPTURE_FINGERPRINTS_H_

#include <functional>
#include <optional>
#include <utility>

#include "base/event_loop.h"
#include "process/file_hasher.h"
#include "supervise/capture_queue.h"
#include "supervise/resume_tracker.h"

namespace espcap::supervise {

class CaptureFingerprints {
 public:
  // All is borrowed. `hasher` null: the queue asks for none. `lost`: its process has ended.
  CaptureFingerprints(base::EventLoop& loop, process::FileHasher* hasher, CaptureQueue& captures,
                      std::function<void()> lost)
      : hasher_(hasher), captures_(captures) {
    if (hasher_ == nullptr) return;
    watch_.emplace(loop.Add(hasher_->fd(), base::EventLoop::kReadable,
                            [this, lost = std::move(lost)](uint32_t) {
                              hasher_->ReceiveAnswer();
                              if (!hasher_->HasEnded()) return;
                              watch_.reset();
                              lost();
                            }));
  }

  // Of captures that have begun. `resume`: says what an earlier run has settled.
  void Ask(ResumeTracker& resume) {
    for (Capture* capture : captures_.DrainUnknown()) {
      hasher_->Ask(capture->parts.front().job.path.data(), capture->unpacked,
                   [this, capture, &resume](const process::FileHasher::Answer& answer) {
                     // A file that can't be read is its worker's to report.
                     if (!answer) capture->hash_failure = answer.error().message;
                     const auto hashed = answer.value_or(std::nullopt);
                     if (!hashed) return captures_.SetFingerprint(*capture, std::nullopt, false);
                     capture->file = hashed->file;
                     const bool is_settled = resume.IsSettled(*capture, hashed->fingerprint);
                     captures_.SetFingerprint(*capture, hashed->fingerprint, is_settled);
                   });
    }
  }

 private:
  process::FileHasher* hasher_;
  CaptureQueue& captures_;
  std::optional<base::EventLoop::Watch> watch_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_CAPTURE_FINGERPRINTS_H_
