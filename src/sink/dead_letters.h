// SPDX-License-Identifier: GPL-2.0-or-later
//
// The file that dead letters are appended to (dead_letter.h is its line). Lives in the supervisor,
// used by one thread at a time; several processes may have one file. The file is locked (flock) for
// each append alone, and one that a resend has replaced is found under its name again.
#ifndef ESPCAP_SINK_DEAD_LETTERS_H_
#define ESPCAP_SINK_DEAD_LETTERS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/file_descriptor.h"
#include "base/write_thread.h"
#include "espcap/result.h"
#include "sink/dead_letter.h"

namespace espcap::sink {

class DeadLetters {
 public:
  // Makes no file: the first letter does (mode 0600). An error where that could not work. Append()
  // doesn't wait for the file's lock any more once `stop_waiting` is set, and it is interrupted by
  // a signal. The file gets no longer than `max_bytes`.
  static Result<DeadLetters> Open(std::string path, uint64_t max_bytes,
                                  base::WriteThread::StopWaitingFlag stop_waiting);

  // One write of whole lines, as many from the first on as there is room for: their number. After
  // an error (a full disk) none of them is in the file.
  [[nodiscard]] Result<size_t> Append(std::span<const DeadLetter> letters);

  // Another line than a letter's, with its line end. An error also where there is no room for it.
  [[nodiscard]] Result<void> AppendLine(std::string_view line);

  // What was appended outlives a power failure once this has returned.
  [[nodiscard]] Result<void> Sync();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  DeadLetters(std::string path, uint64_t max_bytes, base::WriteThread::StopWaitingFlag stop_waiting)
      : path_(std::move(path)), max_bytes_(max_bytes), stop_waiting_(std::move(stop_waiting)) {}

  // Opens the file that has the name now, and locks it.
  Result<void> Lock();
  [[nodiscard]] bool HasTheName() const;
  // As many of the lines from the first on as there is room for.
  [[nodiscard]] Result<size_t> Write(size_t lines,
                                     const std::function<std::string(size_t line)>& line_of) const;

  std::string path_;
  uint64_t max_bytes_;
  base::WriteThread::StopWaitingFlag stop_waiting_;
  base::FileDescriptor file_;  // none yet, or the file that had the name when it was opened
  bool is_name_synced_ = true;
  bool is_synced_ = true;
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_DEAD_LETTERS_H_
