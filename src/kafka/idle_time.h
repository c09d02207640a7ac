// SPDX-License-Identifier: GPL-2.0-or-later
//
// When a member of a group that has no partition, or nothing left to do, may end: others have the
// rest. Who has not joined yet, or joins anew, doesn't know that. Pure.
#ifndef ESPCAP_KAFKA_IDLE_TIME_H_
#define ESPCAP_KAFKA_IDLE_TIME_H_

#include <algorithm>
#include <chrono>

namespace espcap::kafka {

class IdleTime {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds kLeast{60};
  // A partition that comes from another member is settled there before.
  static constexpr std::chrono::seconds kMostForSettling{30};

  // `session_timeout`: until the brokers take a silent member for dead.
  IdleTime(std::chrono::milliseconds session_timeout, Time now)
      : limit_(std::max<std::chrono::milliseconds>(kLeast, session_timeout + kMostForSettling)),
        since_(now) {}

  void Note(bool is_member, bool has_work, Time now) {
    if (!is_member || has_work) since_ = now;
  }
  [[nodiscard]] bool IsOver(Time now) const { return now > since_ + limit_; }

 private:
  std::chrono::milliseconds limit_;
  Time since_;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_IDLE_TIME_H_
