// SPDX-License-Identifier: GPL-2.0-or-later
//
// The captures that earlier runs have settled, so that a run goes on where one before it ended or
// crashed. Lives in the supervisor, and is opened after the zygote is forked: a child that had the
// file open would hold its lock.
//
// The file is text (resume_lines.h), one line for each settled capture, on disk before Write()
// returns. A line that a crash cut off is cut away by the next run, whose only loss is to read that
// capture again. One run at a time has the file: it is locked until the run ends. 16 bytes and what
// a set needs (some 50) are held for each capture.
#ifndef ESPCAP_RESUME_RESUME_STATE_H_
#define ESPCAP_RESUME_RESUME_STATE_H_

#include <sys/types.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/file_descriptor.h"
#include "espcap/fingerprint.h"
#include "espcap/result.h"
#include "resume/resume_lines.h"

namespace espcap::resume {

class ResumeState {
 public:
  // Opens, or makes, the file at `path`. `purpose` names every option that decides what documents a
  // run makes of a capture and where they go: a file that was made for another one is an error,
  // since its captures would be missing there. So is a file that is something else, which stays
  // untouched.
  static Result<std::unique_ptr<ResumeState>> Open(std::string path, std::string_view purpose);

  [[nodiscard]] bool Contains(const Fingerprint& fingerprint) const {
    return settled_.contains(fingerprint);
  }
  // By the server, every document of it, as the file says.
  [[nodiscard]] bool IsAcknowledged(const Fingerprint& fingerprint) const {
    const auto known = settled_.find(fingerprint);
    return known != settled_.end() && known->second;
  }

  // Call once all documents of the capture are settled and none failed. False: it was known before;
  // else Write() is to follow.
  bool Add(const Fingerprint& fingerprint) { return settled_.emplace(fingerprint, false).second; }
  // For the next run. Where the line can't be written (a full disk) the file keeps its whole lines,
  // and a later call can succeed. Another thread may call this, at the same time as all that is
  // above.
  Result<void> Write(const SettledCapture& capture, std::string_view name);
  // It was written so.
  void SetAcknowledged(const Fingerprint& fingerprint) { settled_[fingerprint] = true; }

  // Captures settled so far.
  [[nodiscard]] size_t size() const { return settled_.size(); }
  // The last line was cut off, and is away now.
  [[nodiscard]] bool was_torn() const { return was_torn_; }

 private:
  struct FirstBytes {
    size_t operator()(const Fingerprint& fingerprint) const {
      size_t value = 0;
      std::memcpy(&value, fingerprint.data(), sizeof(value));
      return value;
    }
  };

  ResumeState(std::string path, base::FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  Result<void> Load(std::string_view purpose);
  Result<void> ReadLines(std::string_view purpose_line);
  Result<void> ParseLine(size_t number, std::string_view line, std::string_view purpose_line);
  Result<void> ParseTornLine(size_t whole_lines, std::string_view text);
  // Takes away what lies behind the last whole line.
  Result<void> Cut();
  Result<void> Append(std::string_view text);
  [[nodiscard]] Result<void> SyncDirectory() const;

  std::string path_;
  base::FileDescriptor file_;
  std::unordered_map<Fingerprint, bool, FirstBytes> settled_;  // whether acknowledged
  off_t whole_bytes_ = 0;                                      // where the next line goes
  bool must_be_cut_ = false;                                   // something lies behind it
  bool was_torn_ = false;
};

}  // namespace espcap::resume

#endif  // ESPCAP_RESUME_RESUME_STATE_H_
