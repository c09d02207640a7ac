// SPDX-License-Identifier: GPL-2.0-or-later
//
// A thread for what may wait for a disk, a lock or a reader, so that the event loop doesn't. Work
// is done in the order in which it was posted, and its result comes back to the loop. All members
// are called by the loop's thread. The thread starts with the first work; it takes no signals.
#ifndef ESPCAP_BASE_WRITE_THREAD_H_
#define ESPCAP_BASE_WRITE_THREAD_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/event_loop.h"
#include "espcap/result.h"

namespace espcap::base {

class WriteThread {
 public:
  using Clock = EventLoop::Clock;
  // True: work should no longer wait for another process.
  using StopWaitingFlag = std::shared_ptr<const std::atomic<bool>>;

  // The loop is borrowed. `max_posted`: work that is posted and not done, at most.
  static Result<std::unique_ptr<WriteThread>> Create(EventLoop& loop, size_t max_posted);

  // Work that hasn't begun is dropped, and what waits for another process gives up.
  ~WriteThread();
  WriteThread(const WriteThread&) = delete;
  WriteThread& operator=(const WriteThread&) = delete;

  [[nodiscard]] bool HasRoom() const { return posted_ < max_posted_; }
  // Posted, and not told of yet.
  [[nodiscard]] size_t posted() const { return posted_; }

  // `work()` runs on the thread, then `done(result)` in the loop. What they refer to lives until
  // then; both are copied. REQUIRES: HasRoom().
  template <class Work, class Done>
  void Post(Work work, Done done) {
    const auto result = std::make_shared<std::optional<decltype(work())>>();
    Enqueue([work = std::move(work), result]() mutable { result->emplace(work()); },
            [done = std::move(done), result]() mutable { done(std::move(**result)); });
  }

  // From now on no work waits for another process: a read, write or lock that does ends with EINTR,
  // now and whenever this is called again.
  void StopWaiting();
  // For the work to look at, as long as it runs.
  [[nodiscard]] StopWaitingFlag stop_waiting_flag() const;

  // Waits until all that was posted is done and told of. False where it isn't by then: the process
  // can only end with _exit(2), since the thread may use what it was given.
  [[nodiscard]] bool Finish(Clock::time_point deadline);

 private:
  struct Shared;

  WriteThread(EventLoop& loop, size_t max_posted, std::shared_ptr<Shared> shared);
  void Enqueue(std::function<void()> work, std::function<void()> done);
  void NotifyDone();
  void Interrupt() const;

  size_t max_posted_;
  size_t posted_ = 0;
  std::shared_ptr<Shared> shared_;  // with the thread, which can outlive this
  EventLoop::Watch watch_;
};

}  // namespace espcap::base

#endif  // ESPCAP_BASE_WRITE_THREAD_H_
