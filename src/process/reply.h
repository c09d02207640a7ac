// SPDX-License-Identifier: GPL-2.0-or-later
//
// A question to another process, asked once if at all, and its reply: a text, or why there is none.
// Both go by a socket. A reply ends with a mark, so that one of a process that died in between is
// known to be incomplete.
#ifndef ESPCAP_PROCESS_REPLY_H_
#define ESPCAP_PROCESS_REPLY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::process {

// In the process that is asked. Waits for the question; false: it will not come.
bool AwaitQuestion(int socket);
// Waits until the reader has room for it. What doesn't arrive is missed by the reader.
void WriteReply(int socket, const Result<std::string>& reply);

// In the process that asks. One thread.
class ReplyReader {
 public:
  static constexpr size_t kMaxBytes = size_t{16} << 20U;

  // And the other process's end. An error: no socket can be made.
  static Result<std::pair<ReplyReader, base::FileDescriptor>> Open();

  // Doesn't wait. Where nobody is there to hear it, Collect() says so.
  void Ask() const;
  // Readable when Collect() has something to do.
  [[nodiscard]] int fd() const { return socket_.get(); }
  // Doesn't wait; none: more is to come. An error: the other's own, or that it ended before it had
  // said all, or says more than kMaxBytes. REQUIRES: none was given before.
  std::optional<Result<std::string>> Collect();

 private:
  explicit ReplyReader(base::FileDescriptor socket) : socket_(std::move(socket)) {}

  base::FileDescriptor socket_;
  std::string text_;  // so far
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_REPLY_H_
