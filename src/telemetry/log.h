// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run says, apart from its documents: on standard error for who watches, in syslog for who
// asks later. Nothing is logged per packet. A message is one line without control characters,
// whatever it is made of (base/printable.h). One thread logs; between BeginThread() and Flush() two
// others write, one for each reader, so that a reader that stalls delays nobody. Before, and in
// commands that have no loop, lines for syslog are kept until Flush().
#ifndef ESPCAP_TELEMETRY_LOG_H_
#define ESPCAP_TELEMETRY_LOG_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/event_loop.h"
#include "espcap/result.h"
#include "telemetry/line_queue.h"
#include "telemetry/message_limit.h"

namespace espcap::telemetry {

enum class Verbosity {
  kQuiet,   // errors and warnings
  kNormal,  // and the summary
  kVerbose  // and what is done when
};

class Log {
 public:
  enum class Level : uint8_t { kError, kWarning, kInfo, kVerbose };

  explicit Log(Verbosity verbosity);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Error(const std::string& message) { Write(Level::kError, message); }
  void Warning(const std::string& message) { Write(Level::kWarning, message); }
  void Info(const std::string& message) { Write(Level::kInfo, message); }  // normal
  void Verbose(const std::string& message) {
    Write(Level::kVerbose, message);
  }                                         // standard error only
  void Record(const std::string& message);  // syslog only

  // A message of which there can be many: of each kind ("refused documents") and level some are
  // left out (message_limit.h), and their number is said.
  void WriteLimited(Level level, const std::string& kind, const std::string& message,
                    int at_once = MessageLimit::kAtOnce);
  // The number of those that were left out since it was said.
  void WriteLeftOutCounts();

  // A line on the terminal that the next one takes the place of. Left out while others wait.
  void ShowProgress(const std::string& text);
  void ClearProgress();

  // The loop is borrowed until Flush().
  Result<void> BeginThread(base::EventLoop& loop);
  // Ends the threads once everything is written. A reader that needs longer than `time` is given
  // up: it gets nothing more.
  void Flush(std::chrono::milliseconds time);

  // Shown or left out.
  [[nodiscard]] uint64_t errors() const { return errors_; }

 private:
  void Write(Level level, const std::string& message);
  void WriteLeftOut(Level level, const std::string& kind, uint64_t messages);
  std::string EraseProgress();

  Verbosity verbosity_;
  std::map<std::pair<Level, std::string>, MessageLimit> limits_;
  uint64_t errors_ = 0;
  bool has_progress_ = false;  // on the terminal
  LineQueue terminal_;         // standard error
  LineQueue syslog_;
};

// Messages of one kind.
class RateLimited {
 public:
  // `log` is borrowed.
  RateLimited(Log& log, Log::Level level, std::string kind)
      : log_(log), level_(level), kind_(std::move(kind)) {}
  void Report(const std::string& message) const { log_.WriteLimited(level_, kind_, message); }

 private:
  Log& log_;
  Log::Level level_;
  std::string kind_;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LOG_H_
