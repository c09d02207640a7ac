// SPDX-License-Identifier: GPL-2.0-or-later
//
// A run's end as a member of a consumer group: the others get its partitions at once.
#ifndef ESPCAP_APP_GROUP_LEAVE_H_
#define ESPCAP_APP_GROUP_LEAVE_H_

#include <chrono>

#include "base/event_loop.h"
#include "telemetry/log.h"

namespace espcap::app {

// Turns the loop until the member has left, within a bound: librdkafka may hang then.
template <class Member>
void LeaveGroup(Member& member, base::EventLoop& loop, telemetry::Log& log) {
  constexpr std::chrono::seconds kLeaving{10};
  constexpr std::chrono::milliseconds kTick{50};
  member.Leave();
  const auto deadline = loop.Now() + kLeaving;
  while (!member.has_left() && loop.Now() < deadline) {
    loop.RunOnce(loop.Now() + kTick);
    member.Serve();
  }
  if (!member.has_left()) {
    log.Warning("the group could not be left in time: its other members wait for a timeout");
  }
}

}  // namespace espcap::app

#endif  // ESPCAP_APP_GROUP_LEAVE_H_
