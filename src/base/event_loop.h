// SPDX-License-Identifier: GPL-2.0-or-later
//
// One thread's loop over descriptors and deadlines (epoll(7)): every part that waits for something
// says so here, and is called back when it has come. Callbacks don't wait; they may add and remove
// watches and timers, their own too.
#ifndef ESPCAP_BASE_EVENT_LOOP_H_
#define ESPCAP_BASE_EVENT_LOOP_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/file_descriptor.h"
#include "base/stall_meter.h"
#include "espcap/loop_stats.h"
#include "espcap/result.h"

namespace espcap::base {

class EventLoop {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  enum Events : uint32_t { kReadable = 1, kWritable = 2 };

  // A descriptor that is watched as long as this lives. REQUIRES: the descriptor outlives it, and
  // the loop does.
  class Watch {
   public:
    Watch() = default;
    Watch(Watch&& other) noexcept { *this = std::move(other); }
    Watch& operator=(Watch&& other) noexcept {
      std::swap(loop_, other.loop_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Watch() {
      if (loop_ != nullptr) loop_->Remove(id_);
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // What is waited for from now on; 0: only that the other end is gone.
    void SetEvents(uint32_t events) const { loop_->Modify(id_, events); }

   private:
    friend class EventLoop;
    Watch(EventLoop& loop, uint64_t id) : loop_(&loop), id_(id) {}

    EventLoop* loop_ = nullptr;
    uint64_t id_ = 0;
  };

  // A deadline. Unset at first, and once it has come. REQUIRES: the loop outlives it.
  class Timer {
   public:
    Timer(EventLoop& loop, std::function<void()> callback)
        : loop_(loop), callback_(std::move(callback)) {}
    ~Timer() { Cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void Set(Time deadline);
    void Cancel();
    [[nodiscard]] std::optional<Time> deadline() const { return deadline_; }

   private:
    friend class EventLoop;

    EventLoop& loop_;
    std::function<void()> callback_;
    std::optional<Time> deadline_;
  };

  // `now`: the time that deadlines are told by; simulations have their own.
  static Result<std::unique_ptr<EventLoop>> Create(std::function<Time()> now = Clock::now);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Level-triggered. The callback gets what is ready; both events where the other end is gone.
  [[nodiscard]] Watch Add(int descriptor, uint32_t events,
                          std::function<void(uint32_t ready)> callback);

  [[nodiscard]] Time Now() const { return now_(); }

  // Waits for the first event or deadline, `latest` at the latest, and calls back for all that have
  // come. A signal that is handled ends the wait.
  void RunOnce(Time latest);

  // How long it was at work between waits.
  [[nodiscard]] LoopStats stats() const { return stall_meter_.stats(); }

 private:
  struct Entry {
    int descriptor;
    std::function<void(uint32_t)> callback;
  };

  EventLoop(FileDescriptor epoll, std::function<Time()> now)
      : epoll_(std::move(epoll)), now_(std::move(now)) {}

  void Modify(uint64_t id, uint32_t events);
  void Remove(uint64_t id);
  void FireTimers();

  FileDescriptor epoll_;
  std::function<Time()> now_;
  uint64_t last_id_ = 0;
  // A callback may remove its own entry: shared, so that it lives until it returns.
  std::unordered_map<uint64_t, std::shared_ptr<Entry>> entries_;
  std::multimap<Time, Timer*> timers_;
  StallMeter stall_meter_;
};

// Whether a descriptor has become readable, for who looks after each turn of the loop. REQUIRES: as
// for a watch.
class ReadableFlag {
 public:
  ReadableFlag(EventLoop& loop, int descriptor)
      : watch_(loop.Add(descriptor, EventLoop::kReadable,
                        [this](uint32_t /*ready*/) { is_readable_ = true; })) {}
  ReadableFlag(const ReadableFlag&) = delete;
  ReadableFlag& operator=(const ReadableFlag&) = delete;

  // Since the last call.
  [[nodiscard]] bool ConsumeReadable() { return std::exchange(is_readable_, false); }

 private:
  bool is_readable_ = false;
  EventLoop::Watch watch_;
};

}  // namespace espcap::base

#endif  // ESPCAP_BASE_EVENT_LOOP_H_
