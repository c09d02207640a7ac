// SPDX-License-Identifier: GPL-2.0-or-later
//
// What another process has to say, once: a text, or why there is none. It comes by a pipe, and ends
// with a mark, so that a process that died in between isn't taken at its word.
#ifndef ESPCAP_PROCESS_REPLY_H_
#define ESPCAP_PROCESS_REPLY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::process {

// In the process that is asked. A usual reply is there when this returns, whether or not it is
// read; a longer one waits for room. What doesn't arrive is missed by the reader.
void WriteReply(int pipe, const Result<std::string>& reply);

// In the process that has asked. One thread.
class ReplyReader {
 public:
  static constexpr size_t kMaxBytes = size_t{16} << 20U;

  // And the end to write to. An error: no pipe can be made.
  static Result<std::pair<ReplyReader, base::FileDescriptor>> Open();

  // Readable when Collect() has something to do.
  [[nodiscard]] int fd() const { return pipe_.get(); }
  // Doesn't wait; none: more is to come. An error: the other's own, or that it ended before it had
  // said all, or says more than kMaxBytes. REQUIRES: none was given before.
  std::optional<Result<std::string>> Collect();

 private:
  explicit ReplyReader(base::FileDescriptor pipe) : pipe_(std::move(pipe)) {}

  base::FileDescriptor pipe_;
  std::string text_;  // so far
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_REPLY_H_
