// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/service_manager.h"

#include <systemd/sd-daemon.h>

namespace espcap::process {

ServiceManager::ServiceManager() {
  uint64_t microseconds = 0;
  // Three times as often as it must be.
  if (sd_watchdog_enabled(0, &microseconds) > 0) {
    interval_ = std::chrono::microseconds(microseconds / 3);
  }
}

void ServiceManager::Ready() {
  if (is_ready_) return;
  is_ready_ = true;
  sd_notify(0, "READY=1");
}

void ServiceManager::Alive() {
  const Clock::time_point now = Clock::now();
  if (interval_ == Clock::duration::zero() || now < last_ + interval_) return;
  last_ = now;
  sd_notify(0, "WATCHDOG=1");
}

ServiceManager::Clock::time_point ServiceManager::NextAlive() const {
  return interval_ == Clock::duration::zero() ? Clock::time_point::max() : last_ + interval_;
}

void ServiceManager::Stopping() {
  if (is_stopping_) return;
  is_stopping_ = true;
  sd_notify(0, "STOPPING=1");
}

}  // namespace espcap::process
