// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/event_loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <new>
#include <system_error>

namespace espcap::base {
namespace {

using std::chrono::milliseconds;

constexpr size_t kEventsAtOnce = 64;

uint32_t ToEpoll(uint32_t events) {
  return ((events & EventLoop::kReadable) != 0 ? uint32_t{EPOLLIN} : 0U) |
         ((events & EventLoop::kWritable) != 0 ? uint32_t{EPOLLOUT} : 0U);
}

uint32_t FromEpoll(uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return EventLoop::kReadable | EventLoop::kWritable;
  return ((events & EPOLLIN) != 0 ? EventLoop::kReadable : 0U) |
         ((events & EPOLLOUT) != 0 ? EventLoop::kWritable : 0U);
}

// Rounded up: not even a millisecond too early.
int WaitMilliseconds(EventLoop::Clock::duration left) {
  const auto wait = std::chrono::ceil<milliseconds>(left).count();
  return static_cast<int>(std::clamp<int64_t>(wait, 0, std::numeric_limits<int>::max()));
}

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::Create(std::function<Time()> now) {
  FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return Fail("epoll: {}", std::generic_category().message(errno));
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll), std::move(now)));
}

EventLoop::Watch EventLoop::Add(int descriptor, uint32_t events,
                                std::function<void(uint32_t)> callback) {
  const uint64_t id = ++last_id_;
  entries_.emplace(id, std::make_shared<Entry>(Entry{descriptor, std::move(callback)}));
  epoll_event event{};
  event.events = ToEpoll(events);
  event.data.u64 = id;
  // Only for lack of memory, or a descriptor that can't be waited for: both are the caller's fault.
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
    entries_.erase(id);
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
  return {*this, id};
}

void EventLoop::Modify(uint64_t id, uint32_t events) {
  epoll_event event{};
  event.events = ToEpoll(events);
  event.data.u64 = id;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, entries_.at(id)->descriptor, &event);
}

void EventLoop::Remove(uint64_t id) {
  const auto entry = entries_.find(id);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry->second->descriptor, nullptr);
  entries_.erase(entry);
}

void EventLoop::RunOnce(Time latest) {
  if (!timers_.empty()) latest = std::min(latest, timers_.begin()->first);
  std::array<epoll_event, kEventsAtOnce> ready;
  stall_meter_.End();
  const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()),
                                 WaitMilliseconds(latest - Now()));
  stall_meter_.Begin();
  for (int i = 0; i < count; ++i) {
    const auto found = entries_.find(ready.at(static_cast<size_t>(i)).data.u64);
    if (found == entries_.end()) continue;  // removed by a callback before
    const std::shared_ptr<Entry> entry = found->second;
    entry->callback(FromEpoll(ready.at(static_cast<size_t>(i)).events));
  }
  FireTimers();
}

// Those that are due now; one that is set anew meanwhile comes in another turn.
void EventLoop::FireTimers() {
  const Time now = Now();
  for (size_t most = timers_.size(); most > 0 && !timers_.empty(); --most) {
    Timer& timer = *timers_.begin()->second;
    if (timers_.begin()->first > now) return;
    timer.Cancel();
    timer.callback_();
  }
}

void EventLoop::Timer::Set(Time deadline) {
  if (deadline_ == deadline) return;
  Cancel();
  deadline_ = deadline;
  loop_.timers_.emplace(deadline, this);
}

void EventLoop::Timer::Cancel() {
  if (!deadline_) return;
  const auto [first, last] = loop_.timers_.equal_range(*deadline_);
  const auto own =
      std::find_if(first, last, [this](const auto& entry) { return entry.second == this; });
  loop_.timers_.erase(own);
  deadline_.reset();
}

}  // namespace espcap::base
