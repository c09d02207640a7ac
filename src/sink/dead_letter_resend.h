// SPDX-License-Identifier: GPL-2.0-or-later
//
// A file of dead letters whose documents are sent once more. Used by one thread; held in memory are
// the letter that is read, and a few numbers of each that the caller has. Runs of espcap may append
// to the file meanwhile.
//
// What remains is collected in FILE.resend, whose lock keeps a second resend out, and takes FILE's
// place in one step at the end: a crash before leaves FILE as it was, with every letter in it.
#ifndef ESPCAP_SINK_DEAD_LETTER_RESEND_H_
#define ESPCAP_SINK_DEAD_LETTER_RESEND_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "sink/dead_letter.h"

namespace espcap::sink {

class DeadLetterResend {
 public:
  // Told of each line that is no letter: it is kept.
  using Report = std::function<void(const std::string& message)>;

  // A longer line is no letter: a document has at most a quarter of this.
  static constexpr size_t kMaxLineBytes = size_t{1} << 30U;

  struct Taken {
    uint64_t line = 0;  // its number in the file, from 1: how the caller names it below
    DeadLetter letter;
  };

  // Errors: FILE can't be read and replaced, or another resend has it.
  static Result<std::unique_ptr<DeadLetterResend>> Open(const std::string& path, Report report,
                                                        size_t max_line_bytes = kMaxLineBytes);

  DeadLetterResend(const DeadLetterResend&) = delete;
  DeadLetterResend& operator=(const DeadLetterResend&) = delete;
  ~DeadLetterResend();

  // The next letters: up to `max_letters`, and after the first none that would make their documents
  // more than `max_bytes`. None: all that were there at Open() have been given out.
  // REQUIRES: max_letters > 0.
  [[nodiscard]] Result<std::vector<Taken>> NextLetters(size_t max_letters, size_t max_bytes);

  // The document is at the server: the letter goes. REQUIRES: taken, and not told of before.
  void MarkDelivered(uint64_t line);
  // It was refused again: the letter stays, as it is given (time, status, reason).
  [[nodiscard]] Result<void> Remains(uint64_t line, const DeadLetter& letter);

  // Replaces FILE by the letters that remain, those that were taken and not told of or not taken at
  // all, lines that are no letters, and what was appended since Open(). Call once, at the end; an
  // end without it, or an error, leaves FILE as it was.
  [[nodiscard]] Result<void> Finish();

  struct Counts {
    uint64_t landed = 0;
    uint64_t refused_again = 0;
    uint64_t not_sent = 0;  // after Finish(): neither, and in the file as before
    uint64_t bad_lines = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Place {
    uint64_t begin = 0;
    uint64_t bytes = 0;  // without the line end
  };
  struct Line {
    Place place;
    std::string_view text;  // until the next is read
  };

  DeadLetterResend(std::string path, Report report, size_t max_line_bytes);

  Result<void> LockRemains();
  Result<void> OpenLetters();

  // None: there are no more.
  Result<std::optional<Line>> NextLine();
  Result<std::optional<Taken>> NextLetter();
  Result<void> ReadMore();
  Result<void> KeepBadLine(std::string_view text, const std::string& why);
  Result<void> KeepLongLine();

  Result<void> Write(std::string_view text);
  Result<void> Flush();
  Result<void> SyncRemains();
  Result<void> Copy(uint64_t begin, uint64_t end);
  Result<void> ReplaceFile();

  std::string path_;
  std::string remains_path_;
  Report report_;
  size_t max_line_bytes_;
  base::FileDescriptor letters_;
  base::FileDescriptor remains_;

  uint64_t end_ = 0;    // of what was there at Open()
  std::string buffer_;  // read, from `buffer_begin_` in the file
  uint64_t buffer_begin_ = 0;
  size_t consumed_ = 0;  // of the buffer
  uint64_t line_number_ = 0;
  std::optional<Taken> held_back_;  // found no room in the last NextLetters()
  std::map<uint64_t, Place> open_;  // given out or held back, by line

  std::string unwritten_;
  Counts counts_;
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_DEAD_LETTER_RESEND_H_
