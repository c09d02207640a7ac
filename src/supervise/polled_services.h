// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run serves from its own loop. One thread.
#ifndef ESPCAP_SUPERVISE_POLLED_SERVICES_H_
#define ESPCAP_SUPERVISE_POLLED_SERVICES_H_

#include <chrono>
#include <list>
#include <optional>
#include <vector>

#include "base/event_loop.h"
#include "base/poll_service.h"

namespace espcap::supervise {

class PolledServices {
 public:
  // The loop, which wakes where one can be read, and the services are borrowed.
  PolledServices(const std::vector<base::PollService*>& services, base::EventLoop& loop);

  // Until one is due by time alone; milliseconds::max(): none ever is.
  [[nodiscard]] std::chrono::milliseconds NextTimeout() const;
  // Those that are due.
  void Serve();

 private:
  struct Entry {
    base::PollService* service = nullptr;
    std::optional<base::ReadableFlag> readable;  // none: it is due by time alone
  };

  std::list<Entry> entries_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_POLLED_SERVICES_H_
