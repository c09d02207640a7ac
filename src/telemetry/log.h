// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run says, beside its documents: on standard error for who watches, in syslog for who asks
// later. Nothing is logged per packet. A message is one line without control characters, whatever
// it is made of (base/printable.h). One thread logs; between BeginThread() and EndThread() another
// one writes, so that a reader who stalls holds up nobody.
#ifndef ESPCAP_TELEMETRY_LOG_H_
#define ESPCAP_TELEMETRY_LOG_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/event_loop.h"
#include "base/write_thread.h"
#include "espcap/result.h"
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

  void Error(const std::string& message) { Say(Level::kError, message); }
  void Warning(const std::string& message) { Say(Level::kWarning, message); }
  void Info(const std::string& message) { Say(Level::kInfo, message); }  // normal
  void Verbose(const std::string& message) {
    Say(Level::kVerbose, message);
  }                                         // standard error only
  void Record(const std::string& message);  // syslog only

  // A message of which there can be many: of each kind ("refused documents") and level some are
  // left out (message_limit.h), and their number is said.
  void SayLimited(Level level, const std::string& kind, const std::string& message,
                  int at_once = MessageLimit::kAtOnce);
  // The number of those that were left out since it was said.
  void TellLeftOut();

  // A line on the terminal that the next one takes the place of. Left out while others wait.
  void ShowProgress(const std::string& text);
  void ClearProgress();

  // The loop is borrowed until EndThread().
  Result<void> BeginThread(base::EventLoop& loop);
  // What waits is written, in this time; else it is given up, and nothing more is written.
  void EndThread(std::chrono::milliseconds time);

  // Shown or left out.
  [[nodiscard]] uint64_t errors() const { return errors_; }

 private:
  struct Line {
    std::string terminal;  // as it is written; empty: not there
    std::string syslog;
    int priority = 0;  // syslog(3)'s
  };

  void Say(Level level, const std::string& message);
  void SayLeftOut(Level level, const std::string& kind, uint64_t messages);
  void Write(Line line);
  static void WriteNow(const Line& line, const std::atomic<bool>& hurried);
  std::string TakeProgress();

  Verbosity verbosity_;
  std::map<std::pair<Level, std::string>, MessageLimit> limits_;
  uint64_t errors_ = 0;
  bool has_progress_ = false;  // on the terminal
  std::unique_ptr<base::WriteThread> thread_;
  uint64_t left_out_lines_ = 0;  // for which the thread had no room
  bool is_stalled_ = false;
};

// Messages of one kind.
class RateLimited {
 public:
  // `log` is borrowed.
  RateLimited(Log& log, Log::Level level, std::string kind)
      : log_(log), level_(level), kind_(std::move(kind)) {}
  void Report(const std::string& message) const { log_.SayLimited(level_, kind_, message); }

 private:
  Log& log_;
  Log::Level level_;
  std::string kind_;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LOG_H_
