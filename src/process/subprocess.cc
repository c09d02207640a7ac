// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/subprocess.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/file_descriptor.h"
#include "base/write_all.h"
#include "process/child_files.h"

namespace espcap::process {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr size_t kPiece = size_t{64} << 10U;

std::string ReadAll(int fd) {
  std::string text;
  std::array<char, kPiece> piece{};
  for (;;) {
    const ssize_t length = ::read(fd, piece.data(), piece.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return text;
    text.append(piece.data(), static_cast<size_t>(length));
  }
}

[[noreturn]] void Work(const std::function<Result<std::string>()>& work, int fd) {
  const Result<std::string> result = work();
  // An error is that nobody reads any more.
  static_cast<void>(base::WriteAll(fd, result ? *result : result.error().message));
  ::_exit(result ? kDone : kFailed);
}

}  // namespace

Result<std::string> RunInSubprocess(const std::function<Result<std::string>()>& work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return Fail("make a pipe: {}", std::strerror(errno));
  const base::FileDescriptor read_end(ends[0]);
  base::FileDescriptor write_end(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return Fail("start a process: {}", std::strerror(errno));
  if (child == 0) Work(work, KeepOnly<1>({write_end.get()}, parent)[0]);
  write_end = base::FileDescriptor();
  std::string text = ReadAll(read_end.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status)) return Fail("a process died of signal {}", WTERMSIG(status));
  if (WEXITSTATUS(status) != kDone) return Fail("{}", text);
  return text;
}

}  // namespace espcap::process
