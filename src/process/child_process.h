// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process that was forked for one job, and ends with the object that its maker has of it. In
// other processes that are forked later, the object does nothing.
#ifndef ESPCAP_PROCESS_CHILD_PROCESS_H_
#define ESPCAP_PROCESS_CHILD_PROCESS_H_

#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <utility>

#include "espcap/result.h"
#include "process/channel.h"

namespace espcap::process {

// Waits for the end of a child of this process, which is reaped then. False: it goes on after all
// this time, or is no child.
bool AwaitEnd(pid_t child, std::chrono::milliseconds timeout);

class ChildProcess {
 public:
  explicit ChildProcess(pid_t process) : process_(process), maker_(::getpid()) {}
  // Kills it and waits for its end, for some seconds: a disk that hangs keeps it. One that became
  // another user is left to end itself.
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept
      : process_(std::exchange(other.process_, 0)), maker_(other.maker_) {}
  ChildProcess& operator=(ChildProcess&&) = delete;

  // Waits for its own end: waitpid's status. REQUIRES: in the maker, once.
  int Wait();

 private:
  pid_t process_;  // 0: it has been waited for
  pid_t maker_;
};

// Forks a process that runs `live` with its end of a channel, and ends with its parent at the
// latest. REQUIRES: one thread.
Result<std::pair<ChildProcess, Channel>> ForkWithChannel(const std::function<void(Channel)>& live);

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_CHILD_PROCESS_H_
