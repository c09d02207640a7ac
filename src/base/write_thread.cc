// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/write_thread.h"

#include <pthread.h>

#include <cassert>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/event_fd.h"
#include "base/file_descriptor.h"

namespace espcap::base {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kInterruptAgain{10};  // a call that waits may begin just after a signal
constexpr milliseconds kLastWait{200};

// Ignored by default, so that nobody can end the process by it.
constexpr int kInterruptingSignal = SIGURG;

void InstallInterruptingSignal() {
  struct sigaction action {};
  action.sa_handler = [](int /*signal*/) {};
  action.sa_flags = 0;  // no SA_RESTART
  sigemptyset(&action.sa_mask);
  sigaction(kInterruptingSignal, &action, nullptr);
}

}  // namespace

struct WriteThread::Shared {
  struct Job {
    std::function<void()> work;
    std::function<void()> done;
  };

  FileDescriptor done_event;  // an eventfd: something is in `done`
  std::atomic<bool> stop_waiting = false;

  std::mutex mutex;  // of what follows
  std::condition_variable changed;
  std::deque<Job> waiting;
  std::vector<std::function<void()>> done;
  bool is_closed = false;
  bool is_at_work = false;
  std::optional<pthread_t> thread;  // while it runs

  void Run();
};

void WriteThread::Shared::Run() {
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [this] { return is_closed || !waiting.empty(); });
    if (is_closed) break;
    Job job = std::move(waiting.front());
    waiting.pop_front();
    is_at_work = true;
    lock.unlock();
    job.work();
    job.work = nullptr;  // what it holds is let go here
    lock.lock();
    is_at_work = false;
    done.push_back(std::move(job.done));
    SignalEventFd(done_event.get());
    changed.notify_all();
  }
  thread.reset();
  changed.notify_all();
}

Result<std::unique_ptr<WriteThread>> WriteThread::Create(EventLoop& loop, size_t max_posted) {
  auto shared = std::make_shared<Shared>();
  shared->done_event = MakeEventFd();
  if (!shared->done_event.valid()) {
    return Fail("make an event for the write thread: {}", std::generic_category().message(errno));
  }
  InstallInterruptingSignal();
  return std::unique_ptr<WriteThread>(new WriteThread(loop, max_posted, std::move(shared)));
}

WriteThread::WriteThread(EventLoop& loop, size_t max_posted, std::shared_ptr<Shared> shared)
    : max_posted_(max_posted),
      shared_(std::move(shared)),
      watch_(loop.Add(shared_->done_event.get(), EventLoop::kReadable,
                      [this](uint32_t /*ready*/) { NotifyDone(); })) {}

WriteThread::~WriteThread() {
  shared_->stop_waiting = true;
  const auto deadline = Clock::now() + kLastWait;
  std::unique_lock lock(shared_->mutex);
  shared_->is_closed = true;
  shared_->waiting.clear();
  shared_->changed.notify_all();
  while (shared_->thread && Clock::now() < deadline) {
    pthread_kill(*shared_->thread, kInterruptingSignal);
    shared_->changed.wait_for(lock, kInterruptAgain);
  }
}

void WriteThread::Enqueue(std::function<void()> work, std::function<void()> done) {
  assert(HasRoom());
  ++posted_;
  const std::scoped_lock lock(shared_->mutex);
  shared_->waiting.push_back({std::move(work), std::move(done)});
  shared_->changed.notify_all();
  if (shared_->thread) return;
  // Signals are the loop's.
  sigset_t others;
  sigset_t before;
  sigfillset(&others);
  sigdelset(&others, kInterruptingSignal);
  pthread_sigmask(SIG_SETMASK, &others, &before);
  std::thread thread([shared = shared_] { shared->Run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  shared_->thread = thread.native_handle();
  thread.detach();
}

void WriteThread::NotifyDone() {
  ClearEventFd(shared_->done_event.get());
  std::vector<std::function<void()>> done;
  {
    const std::scoped_lock lock(shared_->mutex);
    done.swap(shared_->done);
  }
  for (const auto& tell : done) {
    --posted_;
    tell();
  }
}

void WriteThread::Interrupt() const {
  const std::scoped_lock lock(shared_->mutex);
  if (shared_->thread && shared_->is_at_work) pthread_kill(*shared_->thread, kInterruptingSignal);
}

void WriteThread::StopWaiting() {
  shared_->stop_waiting = true;
  Interrupt();
}

WriteThread::StopWaitingFlag WriteThread::stop_waiting_flag() const {
  return {shared_, &shared_->stop_waiting};
}

bool WriteThread::Finish(Clock::time_point deadline) {
  for (;;) {
    NotifyDone();
    if (posted_ == 0) return true;
    if (Clock::now() >= deadline) return false;
    if (shared_->stop_waiting) Interrupt();
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait_for(lock, kInterruptAgain, [this] { return !shared_->done.empty(); });
  }
}

}  // namespace espcap::base
