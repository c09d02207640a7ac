// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/polled_services.h"

#include <algorithm>

namespace espcap::supervise {

using std::chrono::milliseconds;

PolledServices::PolledServices(const std::vector<base::PollService*>& services,
                               base::EventLoop& loop) {
  for (base::PollService* service : services) {
    Entry& entry = entries_.emplace_back();
    entry.service = service;
    if (service->fd() >= 0) entry.readable.emplace(loop, service->fd());
  }
}

milliseconds PolledServices::NextTimeout() const {
  auto next = milliseconds::max();
  for (const Entry& entry : entries_) next = std::min(next, entry.service->NextTimeout());
  return next;
}

void PolledServices::Serve() {
  for (Entry& entry : entries_) {
    const bool is_due = entry.service->NextTimeout() == milliseconds::zero();
    const bool is_readable = entry.readable && entry.readable->ConsumeReadable();
    if (is_readable || is_due) entry.service->Serve();
  }
}

}  // namespace espcap::supervise
