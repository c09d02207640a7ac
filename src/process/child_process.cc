// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/child_process.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "base/file_descriptor.h"
#include "process/child_files.h"

namespace espcap::process {
namespace {

constexpr std::chrono::seconds kKillTime{3};

// Further up is a copy of the parent's life: nothing of it is torn down here.
[[noreturn]] void LiveAndEnd(const std::function<void(Channel)>& live, Channel channel) noexcept {
  live(std::move(channel));
  ::_exit(0);
}

}  // namespace

bool AwaitEnd(pid_t child, std::chrono::milliseconds timeout) {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  constexpr milliseconds kLook{10};  // where the kernel, or a container, has no pidfd_open(2)
  const base::FileDescriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  pollfd wait{ended.get(), POLLIN, 0};
  const auto deadline = steady_clock::now() + timeout;
  for (;;) {
    const pid_t reaped = ::waitpid(child, nullptr, WNOHANG);
    if (reaped != 0) return reaped == child;
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left <= milliseconds::zero()) return false;
    ::poll(&wait, 1, static_cast<int>((ended.valid() ? left : std::min(left, kLook)).count()));
  }
}

ChildProcess::~ChildProcess() {
  if (process_ <= 0 || maker_ != ::getpid()) return;
  if (::kill(process_, SIGKILL) == 0) AwaitEnd(process_, kKillTime);
}

int ChildProcess::Wait() {
  const pid_t process = std::exchange(process_, 0);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

Result<std::pair<ChildProcess, Channel>> ForkWithChannel(const std::function<void(Channel)>& live) {
  auto ends = Channel::Pair();
  if (!ends) return Forward(std::move(ends));
  const pid_t parent = ::getpid();
  const pid_t process = ::fork();
  if (process < 0) return Fail("fork: {}", std::generic_category().message(errno));
  if (process == 0) {
    EndWithParent(parent);
    ends->first.Close();
    LiveAndEnd(live, std::move(ends->second));
  }
  return std::pair(ChildProcess(process), std::move(ends->first));
}

}  // namespace espcap::process
