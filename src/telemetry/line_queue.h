// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lines on their way to one reader, in order. From BeginThread() on a thread writes them, so that a
// reader that stalls delays nobody else. Bounded: what finds no room is left out, and a line in its
// place says how much that was. All members are called by one thread.
#ifndef ESPCAP_TELEMETRY_LINE_QUEUE_H_
#define ESPCAP_TELEMETRY_LINE_QUEUE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "base/write_thread.h"
#include "espcap/result.h"

namespace espcap::telemetry {

class LineQueue {
 public:
  using Clock = base::WriteThread::Clock;

  struct Line {
    std::string text;
    int priority = 0;  // syslog(3)'s
  };
  // Waits for the reader at most until `stop_waiting`; a signal interrupts the call then.
  using Write = std::function<void(const Line& line, const std::atomic<bool>& stop_waiting)>;
  // What the reader is told in the place of `lines` lines.
  using Notice = std::function<Line(uint64_t lines)>;
  // What is done with a line while there is no thread.
  enum class Early : uint8_t { kWrite, kKeep };

  static constexpr size_t kMaxLines = 1024;  // that wait at a time

  // `write` is copied for each line, and used by one thread at a time.
  LineQueue(Early early, Write write, Notice notice)
      : early_(early), write_(std::move(write)), notice_(std::move(notice)) {}

  // The loop is borrowed until Flush().
  Result<void> BeginThread(base::EventLoop& loop);

  void Put(Line line);
  // Whether nothing waits to be written.
  [[nodiscard]] bool Idle() const;

  // Ends the thread once everything is written. A reader that needs longer is given up: nothing
  // is written to it any more, now or later.
  void Flush(Clock::time_point deadline);

 private:
  void Post(Line line);
  void WriteLeftOutCounts();
  void WriteKept(Clock::time_point deadline);

  Early early_;
  Write write_;
  Notice notice_;
  std::vector<Line> kept_;  // until there is a thread
  std::unique_ptr<base::WriteThread> thread_;
  uint64_t left_out_ = 0;
  bool given_up_ = false;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LINE_QUEUE_H_
