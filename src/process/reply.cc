// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/reply.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/write_all.h"

namespace espcap::process {
namespace {

// The last byte.
constexpr char kText = '\1';
constexpr char kError = '\2';

}  // namespace

bool AwaitQuestion(int socket) {
  char question = 0;
  ssize_t length = 0;
  do {
    length = ::read(socket, &question, sizeof(question));
  } while (length < 0 && errno == EINTR);
  return length > 0;
}

void WriteReply(int socket, const Result<std::string>& reply) {
  std::string bytes = reply ? *reply : reply.error().message;
  bytes += reply ? kText : kError;
  static_cast<void>(base::WriteAll(socket, bytes));
}

Result<std::pair<ReplyReader, base::FileDescriptor>> ReplyReader::Open() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Fail("make a pair of sockets: {}", std::generic_category().message(errno));
  }
  base::FileDescriptor own(ends[0]);
  base::FileDescriptor other(ends[1]);
  if (::fcntl(own.get(), F_SETFL, O_NONBLOCK) != 0) {
    return Fail("make a pair of sockets: {}", std::generic_category().message(errno));
  }
  return std::pair(ReplyReader(std::move(own)), std::move(other));
}

void ReplyReader::Ask() const {
  constexpr char kQuestion = '?';
  static_cast<void>(::send(socket_.get(), &kQuestion, sizeof(kQuestion), MSG_NOSIGNAL));
}

std::optional<Result<std::string>> ReplyReader::Collect() {
  std::array<char, 65536> piece{};
  for (;;) {
    ssize_t length = ::read(socket_.get(), piece.data(), piece.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return std::nullopt;
    if (length < 0 && errno == ECONNRESET) length = 0;  // it hasn't read the question
    if (length < 0) return Fail("read a reply: {}", std::generic_category().message(errno));
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
