// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/reply.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/write_all.h"

namespace espcap::process {
namespace {

constexpr int kRoomBytes = 1 << 20;  // as much as any user may have

// The last byte.
constexpr char kText = '\1';
constexpr char kError = '\2';

}  // namespace

void WriteReply(int pipe, const Result<std::string>& reply) {
  std::string bytes = reply ? *reply : reply.error().message;
  bytes += reply ? kText : kError;
  static_cast<void>(base::WriteAll(pipe, bytes));
}

Result<std::pair<ReplyReader, base::FileDescriptor>> ReplyReader::Open() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail("make a pipe: {}", std::generic_category().message(errno));
  }
  base::FileDescriptor read_end(ends[0]);
  base::FileDescriptor write_end(ends[1]);
  if (::fcntl(read_end.get(), F_SETFL, O_NONBLOCK) != 0) {
    return Fail("make a pipe: {}", std::generic_category().message(errno));
  }
  // A usual reply has room in it. With less, its process waits for the reader.
  static_cast<void>(::fcntl(read_end.get(), F_SETPIPE_SZ, kRoomBytes));
  return std::pair(ReplyReader(std::move(read_end)), std::move(write_end));
}

std::optional<Result<std::string>> ReplyReader::Collect() {
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t length = ::read(pipe_.get(), piece.data(), piece.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return std::nullopt;
    if (length < 0) return Fail("read a pipe: {}", std::generic_category().message(errno));
    if (length == 0) break;
    text_ += std::string_view(piece.data(), static_cast<size_t>(length));
    if (text_.size() > kMaxBytes) return Fail("a process says more than it may");
  }
  const char mark = text_.empty() ? '\0' : text_.back();
  if (mark != kText && mark != kError) return Fail("a process ended before it had said all");
  text_.pop_back();
  if (mark == kError) return Fail("{}", text_);
  return std::move(text_);
}

}  // namespace espcap::process
