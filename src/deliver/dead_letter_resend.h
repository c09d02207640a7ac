// SPDX-License-Identifier: GPL-2.0-or-later
//
// A file of dead letters whose documents are sent once more. Used by one thread; what is held in
// memory are the letters that the caller has. Runs of espcap may append to the file meanwhile.
//
// What remains is collected in FILE.resend, whose lock keeps a second resend out, and takes FILE's
// place in one step at the end: a crash before leaves FILE as it was, with every letter in it.
#ifndef ESPCAP_DELIVER_DEAD_LETTER_RESEND_H_
#define ESPCAP_DELIVER_DEAD_LETTER_RESEND_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "deliver/dead_letter.h"
#include "espcap/result.h"

namespace espcap::deliver {

class DeadLetterResend {
 public:
  // Told of each line that is no letter: it is kept.
  using Report = std::function<void(const std::string& message)>;

  struct Taken {
    uint64_t line = 0;  // its number in the file, from 1: how the caller names it below
    DeadLetter letter;
  };

  // Errors: FILE can't be read and replaced, or another resend has it.
  static Result<std::unique_ptr<DeadLetterResend>> Open(std::string path, Report report);

  DeadLetterResend(const DeadLetterResend&) = delete;
  DeadLetterResend& operator=(const DeadLetterResend&) = delete;
  virtual ~DeadLetterResend() = default;

  // The next letters: up to `max_letters`, and no further one that would make their documents more
  // than `max_bytes`. None: all that were there at Open() have been given out.
  // REQUIRES: max_letters > 0.
  virtual Result<std::vector<Taken>> Take(size_t max_letters, size_t max_bytes) = 0;

  // The document is at the server: the letter goes.
  virtual void Landed(uint64_t line) = 0;
  // It was refused again: the letter stays, as it is given (time, status, reason).
  virtual Result<void> Remains(uint64_t line, const DeadLetter& letter) = 0;

  // Replaces FILE by the letters that remain, those that were taken and not told of or not taken at
  // all, lines that are no letters, and what was appended since Open(). Call once, at the end; an
  // end without it, or an error, leaves FILE as it was.
  virtual Result<void> Finish() = 0;

  struct Counts {
    uint64_t landed = 0;
    uint64_t remaining = 0;  // Remains(); after Finish() also those that were not told of or taken
    uint64_t bad_lines = 0;
  };
  [[nodiscard]] virtual Counts counts() const = 0;

 protected:
  DeadLetterResend() = default;
};

}  // namespace espcap::deliver

#endif  // ESPCAP_DELIVER_DEAD_LETTER_RESEND_H_
