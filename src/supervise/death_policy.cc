// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/death_policy.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "base/backoff.h"

namespace espcap::supervise {

using process::FrameFault;

FrameFault FaultOf(int wait_status, std::optional<FrameFault::Kind> own_kill) {
  FrameFault fault;
  if (own_kill) {
    fault.kind = *own_kill;
  } else if (!WIFSIGNALED(wait_status)) {
    fault.kind = FrameFault::Kind::kExit;
    fault.value = static_cast<int16_t>(WEXITSTATUS(wait_status));
  } else {
    fault.value = static_cast<int16_t>(WTERMSIG(wait_status));
    switch (fault.value) {
      case SIGABRT:
      case SIGBUS:
      case SIGFPE:
      case SIGILL:
      case SIGSEGV:
      case SIGSYS:
      case SIGTRAP:
      case SIGXCPU:
      case SIGXFSZ:
        fault.kind = FrameFault::Kind::kSignal;
        break;
      default:
        fault.kind = FrameFault::Kind::kKilled;
    }
  }
  return fault;
}

DeathRate::Clock::duration DeathRate::Add(Clock::time_point now, uint32_t starts_without_progress) {
  constexpr double kMaxAtOnce = 32;
  constexpr double kForgottenASecond = 8;
  constexpr base::Backoff kWithoutProgress{std::chrono::milliseconds(100),
                                           std::chrono::milliseconds(5000)};
  const std::chrono::duration<double> since = now - last_;
  deaths_ = std::max(0.0, deaths_ - since.count() * kForgottenASecond) + 1;
  last_ = now;
  const std::chrono::duration<double> too_many(std::max(0.0, deaths_ - kMaxAtOnce) /
                                               kForgottenASecond);
  const auto wait = std::chrono::duration_cast<Clock::duration>(too_many);
  if (starts_without_progress < 2) return wait;
  return std::max<Clock::duration>(wait, kWithoutProgress.Wait(starts_without_progress - 1, 1));
}

}  // namespace espcap::supervise
