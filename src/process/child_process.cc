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
  const base::FileDescriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  pollfd wait{ended.get(), POLLIN, 0};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (ended.valid()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(deadline - std::chrono::steady_clock::now(), {}));
    const int ready = ::poll(&wait, 1, static_cast<int>(left.count()));
    if (ready == 0) return false;
    if (ready > 0 || errno != EINTR) break;
  }
  return ::waitpid(child, nullptr, WNOHANG) == child;
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
