// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run says, beside its documents: on standard error for who watches, in syslog for who asks
// later. Nothing is logged per packet.
#ifndef ESPCAP_TELEMETRY_LOG_H_
#define ESPCAP_TELEMETRY_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace spdlog {
class logger;
}

namespace espcap::telemetry {

enum class Verbosity {
  kQuiet,   // errors and warnings
  kNormal,  // and the summary
  kVerbose  // and what is done when
};

class Log {
 public:
  explicit Log(Verbosity verbosity);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Error(const std::string& message);
  void Warning(const std::string& message);
  void Info(const std::string& message);     // normal
  void Verbose(const std::string& message);  // verbose, standard error only
  void Record(const std::string& message);   // syslog only

  // Called before each line on standard error: a progress line makes room.
  void SetBeforeLine(std::function<void()> hook) { before_line_ = std::move(hook); }

  [[nodiscard]] uint64_t errors() const { return errors_; }

 private:
  void MakeRoom(int level);  // one of spdlog's

  std::unique_ptr<spdlog::logger> terminal_;
  std::unique_ptr<spdlog::logger> syslog_;
  std::function<void()> before_line_;
  uint64_t errors_ = 0;
};

// Shows the first messages of one kind only, so that a million refused documents don't make a
// million lines.
class RateLimited {
 public:
  using Method = void (Log::*)(const std::string&);

  // `method` is Log::Error or Log::Warning.
  RateLimited(Log& log, Method method) : log_(log), method_(method) {}
  void Report(const std::string& message);

 private:
  static constexpr uint64_t kShown = 10;
  Log& log_;
  Method method_;
  uint64_t reported_ = 0;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LOG_H_
