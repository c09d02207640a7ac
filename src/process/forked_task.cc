// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/forked_task.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "base/write_all.h"
#include "process/child_files.h"
#include "process/stop_signals.h"

namespace espcap::process {
namespace {

constexpr int kTickMs = 100;  // how late a stop can be seen

constexpr int kDone = 0;
constexpr int kFailed = 1;

// A result is sealed: what was written before the seal is whole. An error is not.
[[noreturn]] void WorkAndEnd(const ForkedTask::Work& work, int file) noexcept {
  LeaveStopSignalsToSupervisor();
  const auto text = work();
  if (!text) {
    static_cast<void>(base::WriteAll(file, text.error().message));
    ::_exit(kFailed);
  }
  const bool is_kept =
      base::WriteAll(file, *text) == 0 && ::fcntl(file, F_ADD_SEALS, F_SEAL_WRITE) == 0;
  ::_exit(is_kept ? kDone : kFailed);
}

std::optional<std::string> ReadWhole(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return std::nullopt;
  std::string text(static_cast<size_t>(status.st_size), '\0');
  for (size_t begin = 0; begin < text.size();) {
    // Others read it too: the file's own offset is of no use.
    const ssize_t length =
        ::pread(file, text.data() + begin, text.size() - begin, static_cast<off_t>(begin));
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return std::nullopt;
    begin += static_cast<size_t>(length);
  }
  return text;
}

std::optional<std::string> ReadSealed(int file) {
  const int seals = ::fcntl(file, F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_WRITE) == 0) return std::nullopt;
  return ReadWhole(file);
}

}  // namespace

Result<std::unique_ptr<ForkedTask>> ForkedTask::Start(const Work& work) {
  const auto failed = [](const char* what) {
    return Fail("{}: {}", what, std::generic_category().message(errno));
  };
  base::FileDescriptor result(::memfd_create("espcap-task", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!result.valid()) return failed("share memory");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("make a pipe");
  const base::FileDescriptor write_end(ends[1]);
  base::FileDescriptor end(ends[0]);
  const pid_t maker = ::getpid();
  const pid_t process = ::fork();
  if (process < 0) return failed("fork");
  if (process == 0) {
    EndWithParent(maker);
    CloseAllBut({result.get(), write_end.get()});
    WorkAndEnd(work, result.get());
  }
  return std::unique_ptr<ForkedTask>(
      new ForkedTask(ChildProcess(process), std::move(result), std::move(end)));
}

Result<std::string> ForkedTask::Finish() {
  const int status = process_.Wait();
  if (WIFSIGNALED(status)) return Fail("a process died of signal {}", WTERMSIG(status));
  auto text = ReadWhole(result_.get());
  if (!text) return Fail("read shared memory: {}", std::generic_category().message(errno));
  if (WEXITSTATUS(status) != kDone) {
    return Fail("{}", text->empty() ? "a process could not keep its result" : *text);
  }
  return std::move(*text);
}

std::optional<std::string> ForkedTask::Await(const std::function<bool()>& is_stopped) const {
  pollfd wait{end_.get(), POLLIN, 0};
  while (!is_stopped()) {
    if (::poll(&wait, 1, kTickMs) > 0) return ReadSealed(result_.get());
  }
  return std::nullopt;
}

Result<std::string> RunForkedTask(const ForkedTask::Work& work) {
  auto task = ForkedTask::Start(work);
  if (!task) return Forward(std::move(task));
  return (*task)->Finish();
}

}  // namespace espcap::process
