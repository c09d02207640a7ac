// SPDX-License-Identifier: GPL-2.0-or-later
//
// The look of a capture process at its supervisor, while it waits for something else.
#ifndef ESPCAP_LIVE_SUPERVISOR_END_H_
#define ESPCAP_LIVE_SUPERVISOR_END_H_

#include <poll.h>

#include <array>
#include <chrono>

namespace espcap::live {

// Waits for the time to pass, for something to read from `device` (−1: none), or for the
// supervisor's end of the channel to close; true where it has. What the supervisor sends isn't
// waited for.
inline bool SupervisorEnded(int supervisor, std::chrono::milliseconds timeout, int device = -1) {
  std::array<pollfd, 2> waits = {pollfd{supervisor, 0, 0}, pollfd{device, POLLIN, 0}};
  ::poll(waits.data(), waits.size(), static_cast<int>(timeout.count()));
  return (waits[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_SUPERVISOR_END_H_
