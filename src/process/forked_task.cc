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

// What was written before the seal is whole.
[[noreturn]] void Work(const std::function<Result<std::string>()>& work, int result) noexcept {
  LeaveStopSignalsToSupervisor();
  const auto text = work();
  const bool is_kept =
      text && base::WriteAll(result, *text) == 0 && ::fcntl(result, F_ADD_SEALS, F_SEAL_WRITE) == 0;
  ::_exit(is_kept ? 0 : 1);
}

std::optional<std::string> ReadSealed(int fd) {
  const int seals = ::fcntl(fd, F_GET_SEALS);
  struct stat status {};
  if (seals < 0 || (seals & F_SEAL_WRITE) == 0 || ::fstat(fd, &status) != 0) return std::nullopt;
  std::string text(static_cast<size_t>(status.st_size), '\0');
  for (size_t begin = 0; begin < text.size();) {
    // Others read it too: the file's own offset is of no use.
    const ssize_t length =
        ::pread(fd, text.data() + begin, text.size() - begin, static_cast<off_t>(begin));
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return std::nullopt;
    begin += static_cast<size_t>(length);
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<ForkedTask>> ForkedTask::Start(
    const std::function<Result<std::string>()>& work) {
  const auto failed = [](const char* what) {
    return Fail("{}: {}", what, std::generic_category().message(errno));
  };
  base::FileDescriptor result(::memfd_create("espcap-ahead", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!result.valid()) return failed("share memory");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("make a pipe");
  const base::FileDescriptor write_end(ends[1]);
  std::unique_ptr<ForkedTask> ahead(
      new ForkedTask(std::move(result), base::FileDescriptor(ends[0])));
  ahead->maker_ = ::getpid();
  ahead->process_ = ::fork();
  if (ahead->process_ < 0) return failed("fork");
  if (ahead->process_ == 0) {
    EndWithParent(ahead->maker_);
    CloseAllBut({ahead->result_.get(), write_end.get()});
    Work(work, ahead->result_.get());
  }
  return ahead;
}

ForkedTask::~ForkedTask() {
  if (process_ <= 0 || maker_ != ::getpid()) return;
  // One that has become another user ends with this process.
  if (::kill(process_, SIGKILL) != 0) return;
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
}

std::optional<std::string> ForkedTask::Await(const std::function<bool()>& is_stopped) const {
  pollfd wait{end_.get(), POLLIN, 0};
  while (!is_stopped()) {
    if (::poll(&wait, 1, kTickMs) > 0) return ReadSealed(result_.get());
  }
  return std::nullopt;
}

}  // namespace espcap::process
