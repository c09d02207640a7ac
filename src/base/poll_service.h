// SPDX-License-Identifier: GPL-2.0-or-later
//
// Something that a process serves from its own poll loop, without a thread.
#ifndef ESPCAP_BASE_POLL_SERVICE_H_
#define ESPCAP_BASE_POLL_SERVICE_H_

#include <chrono>

namespace espcap::base {

class PollService {
 public:
  PollService() = default;
  PollService(const PollService&) = delete;
  PollService& operator=(const PollService&) = delete;
  virtual ~PollService() = default;

  // Serve() is due when this can be read, and after NextTimeout() without that.
  [[nodiscard]] virtual int fd() const = 0;
  [[nodiscard]] virtual std::chrono::milliseconds NextTimeout() const = 0;
  // Does what can be done without waiting.
  virtual void Serve() = 0;
};

}  // namespace espcap::base

#endif  // ESPCAP_BASE_POLL_SERVICE_H_
