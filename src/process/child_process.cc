// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/child_process.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "process/child_files.h"

namespace espcap::process {
namespace {

// Further up is a copy of the parent's life: nothing of it is torn down here.
[[noreturn]] void LiveAndEnd(const std::function<void(Channel)>& live, Channel channel) noexcept {
  live(std::move(channel));
  ::_exit(0);
}

}  // namespace

ChildProcess::~ChildProcess() {
  if (process_ <= 0 || maker_ != ::getpid()) return;
  if (::kill(process_, SIGKILL) == 0) Wait();
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
