// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which captures an earlier run has settled, and which this one has: the supervisor's side of the
// resume state, and of what becomes of the files then. One thread.
#ifndef ESPCAP_SUPERVISE_RESUME_TRACKER_H_
#define ESPCAP_SUPERVISE_RESUME_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file_writers.h"
#include "base/write_thread.h"
#include "espcap/fingerprint.h"
#include "espcap/ledger.h"
#include "espcap/sink.h"
#include "resume/resume_state.h"
#include "resume/settled_files.h"
#include "supervise/capture_queue.h"
#include "telemetry/log.h"

namespace espcap::supervise {

class ResumeTracker {
 public:
  // All is borrowed. `state` null: nothing is resumed; `files` null: all of them stay. Both are
  // used by `writes`.
  ResumeTracker(resume::ResumeState* state, const resume::SettledFiles* files,
                base::WriteThread& writes, telemetry::Log& log)
      : state_(state),
        files_(files),
        writes_(writes),
        log_(log),
        warnings_(log, telemetry::Log::Level::kWarning, "the resume state"),
        kept_files_(log, telemetry::Log::Level::kWarning, "files that are kept"),
        failed_files_(log, telemetry::Log::Level::kError, "files that can't go") {}

  // A worker knows the capture's fingerprint; true where there is nothing left to do. A capture's
  // shards get one answer.
  bool IsSettled(Capture& capture, const Fingerprint& fingerprint);

  // It is settled.
  void Note(const Capture& capture);
  // Those that were noted and are complete are recorded once the sink has them for good, and then
  // their files go. The sink is borrowed until then.
  void RecordNoted(Sink& sink, const Ledger& ledger);

  // What is to be said at the end.
  void Summarize() const;

 private:
  struct Settled {
    resume::SettledCapture capture;
    std::shared_ptr<const std::string> name;
    base::FileIdentity file;
    bool is_news = false;  // to the resume state
    bool file_goes = false;
  };
  using Captures = std::vector<Settled>;
  struct Spooled {
    Settled settled;
    uint64_t undelivered;  // by the run, when its first batch went into the spool
  };
  struct Recorded {
    Result<void> written;
    std::vector<resume::FileFate> fates;
    std::vector<Fingerprint> acknowledged;
  };

  // Or its archive's.
  [[nodiscard]] bool FileGoes(const Capture& capture) const {
    return files_ != nullptr && capture.is_from_directory;
  }
  void RecordUnspooled(uint64_t undelivered);
  void RecordUnrecorded(Sink& sink);
  static Recorded Record(resume::ResumeState* state, const resume::SettledFiles* files,
                         const Captures& captures);
  void EndRecording(const Recorded& recorded, Sink& sink);

  resume::ResumeState* state_;
  const resume::SettledFiles* files_;
  base::WriteThread& writes_;
  telemetry::Log& log_;
  telemetry::RateLimited warnings_;
  telemetry::RateLimited kept_files_;
  telemetry::RateLimited failed_files_;
  uint64_t skipped_captures_ = 0;
  uint64_t captures_of_directories_ = 0;
  uint64_t files_gone_ = 0;
  std::vector<Spooled> spooled_;  // their files go once the spool is empty
  Captures unrecorded_;           // while others are recorded
  bool is_recording_ = false;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_RESUME_TRACKER_H_
