// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/line_queue.h"

namespace espcap::telemetry {
namespace {

constexpr std::chrono::milliseconds kInterruptTime{100};

}  // namespace

Result<void> LineQueue::BeginThread(base::EventLoop& loop) {
  // One more than lines are accepted: for the line that says how many were left out.
  auto thread = base::WriteThread::Create(loop, kMaxLines + 1);
  if (!thread) return Forward(std::move(thread));
  thread_ = std::move(*thread);
  for (Line& line : std::exchange(kept_, {})) Post(std::move(line));
  return {};
}

void LineQueue::Put(Line line) {
  if (given_up_) return;
  if (thread_ == nullptr && early_ == Early::kWrite) return write_(line, false);
  const size_t waiting = thread_ == nullptr ? kept_.size() : thread_->posted();
  // Their number is said before any later line.
  if (left_out_ > 0 || waiting >= kMaxLines) {
    ++left_out_;
  } else if (thread_ == nullptr) {
    kept_.push_back(std::move(line));
  } else {
    Post(std::move(line));
  }
}

bool LineQueue::Idle() const {
  return kept_.empty() && (thread_ == nullptr || thread_->posted() == 0);
}

void LineQueue::Post(Line line) {
  thread_->Post(
      [write = write_, line = std::move(line), stop_waiting = thread_->stop_waiting_flag()] {
        if (!*stop_waiting) write(line, *stop_waiting);
        return true;
      },
      [this](bool /*written*/) { WriteLeftOutCounts(); });
}

// Not before half of what waited is written, so that a slow reader gets more than such lines.
void LineQueue::WriteLeftOutCounts() {
  if (left_out_ == 0 || thread_->posted() > kMaxLines / 2) return;
  Post(notice_(std::exchange(left_out_, 0)));
}

void LineQueue::Flush(Clock::time_point deadline) {
  if (thread_ == nullptr) return WriteKept(deadline);
  if (!thread_->Finish(deadline)) {
    given_up_ = true;
    thread_->StopWaiting();
    static_cast<void>(thread_->Finish(Clock::now() + kInterruptTime));
  }
  thread_.reset();
}

// With a thread too: the reader may have stalled before.
void LineQueue::WriteKept(Clock::time_point deadline) {
  if (kept_.empty() || given_up_) return;
  auto loop = base::EventLoop::Create();
  if (loop && BeginThread(**loop)) return Flush(deadline);
  for (const Line& line : std::exchange(kept_, {})) write_(line, false);
}

}  // namespace espcap::telemetry
