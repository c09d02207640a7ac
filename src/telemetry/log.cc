// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>

#include <utility>

namespace espcap::telemetry {
namespace {

spdlog::level::level_enum LevelOf(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::kQuiet:
      return spdlog::level::warn;
    case Verbosity::kVerbose:
      return spdlog::level::debug;
    default:
      return spdlog::level::info;
  }
}

}  // namespace

Log::Log(Verbosity verbosity) {
  // Single-threaded sinks: one thread logs.
  terminal_ =
      std::make_unique<spdlog::logger>("espcap", std::make_shared<spdlog::sinks::stderr_sink_st>());
  terminal_->set_pattern("espcap: %v");
  terminal_->set_level(LevelOf(verbosity));
  terminal_->flush_on(spdlog::level::trace);
  syslog_ = std::make_unique<spdlog::logger>(
      "espcap",
      std::make_shared<spdlog::sinks::syslog_sink_st>("espcap", LOG_PID, LOG_DAEMON, false));
  syslog_->set_level(spdlog::level::info);
}

Log::~Log() = default;

void Log::MakeRoom(int level) {
  const bool shown = terminal_->should_log(static_cast<spdlog::level::level_enum>(level));
  if (shown && before_line_) before_line_();
}

void Log::Error(const std::string& message) {
  ++errors_;
  MakeRoom(spdlog::level::err);
  terminal_->error("error: {}", message);
  syslog_->error("{}", message);
}

void Log::Warning(const std::string& message) {
  MakeRoom(spdlog::level::warn);
  terminal_->warn("warning: {}", message);
  syslog_->warn("{}", message);
}

void Log::Info(const std::string& message) {
  MakeRoom(spdlog::level::info);
  terminal_->info("{}", message);
  syslog_->info("{}", message);
}

void Log::Verbose(const std::string& message) {
  MakeRoom(spdlog::level::debug);
  terminal_->debug("{}", message);
}

void Log::Record(const std::string& message) { syslog_->info("{}", message); }

void RateLimited::Report(const std::string& message) {
  ++reported_;
  if (reported_ <= kShown) (log_.*method_)(message);
  if (reported_ == kShown) (log_.*method_)("further messages of this kind are not shown");
}

}  // namespace espcap::telemetry
