// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/subprocess.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "base/write_all.h"
#include "process/child_files.h"

namespace espcap::process {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr size_t kPieceBytes = size_t{64} << 10U;

[[noreturn]] void WorkAndEnd(const Subprocess::Work& work, int fd) noexcept {
  const Result<std::string> result = work();
  // An error is that nobody reads any more.
  static_cast<void>(base::WriteAll(fd, result ? *result : result.error().message));
  ::_exit(result ? kDone : kFailed);
}

int Await(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

}  // namespace

Result<std::unique_ptr<Subprocess>> Subprocess::Start(const Work& work) {
  std::array<int, 2> ends{};
  const auto failed = [](const char* what) {
    return Fail("{}: {}", what, std::generic_category().message(errno));
  };
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("make a pipe");
  base::FileDescriptor read_end(ends[0]);
  const base::FileDescriptor write_end(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return failed("start a process");
  if (child == 0) {
    EndWithParent(parent);
    CloseAllBut({write_end.get()});
    WorkAndEnd(work, write_end.get());
  }
  return std::unique_ptr<Subprocess>(new Subprocess(child, std::move(read_end)));
}

Subprocess::~Subprocess() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  Await(process_);
}

std::optional<Result<std::string>> Subprocess::Read() {
  std::array<char, kPieceBytes> piece;
  const ssize_t length = ::read(output_.get(), piece.data(), piece.size());
  if (length > 0) text_.append(piece.data(), static_cast<size_t>(length));
  if (length > 0 || (length < 0 && errno == EINTR)) return std::nullopt;
  const int status = Await(std::exchange(process_, 0));  // its output has ended: it is ending
  if (!WIFEXITED(status)) return Fail("a process died of signal {}", WTERMSIG(status));
  if (WEXITSTATUS(status) != kDone) return Fail("{}", text_);
  return std::move(text_);
}

Result<std::string> RunInSubprocess(const Subprocess::Work& work) {
  auto subprocess = Subprocess::Start(work);
  if (!subprocess) return Forward(std::move(subprocess));
  for (;;) {
    if (auto result = (*subprocess)->Read()) return std::move(*result);
  }
}

}  // namespace espcap::process
