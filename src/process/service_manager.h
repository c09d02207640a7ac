// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a service manager (systemd) wants to hear of a service: that it is ready, alive, stopping.
// Where there is none, nothing is said. The supervisor's; one thread.
#ifndef ESPCAP_PROCESS_SERVICE_MANAGER_H_
#define ESPCAP_PROCESS_SERVICE_MANAGER_H_

#include <chrono>

namespace espcap::process {

class ServiceManager {
 public:
  ServiceManager();

  // Intake has begun. Passed on once.
  void Ready();
  // As often as one likes, and at the latest by NextAlive(): it is passed on as often as the
  // manager's watchdog needs it.
  void Alive();
  [[nodiscard]] std::chrono::steady_clock::time_point NextAlive() const;
  // Once.
  void Stopping();

 private:
  using Clock = std::chrono::steady_clock;

  Clock::duration interval_{0};  // 0: there is no watchdog
  Clock::time_point last_;
  bool is_ready_ = false;
  bool is_stopping_ = false;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SERVICE_MANAGER_H_
