// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/log.h"

#include <fmt/format.h>
#include <syslog.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <string_view>

#include "base/printable.h"
#include "base/write_all.h"

namespace espcap::telemetry {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMostLines = 1024;  // that wait
constexpr milliseconds kInterruptTime{100};
constexpr std::string_view kClearLine = "\r\x1b[K";

struct Style {
  std::string_view prefix;
  int priority;
  Verbosity from;  // on the terminal
};

Style StyleOf(Log::Level level) {
  switch (level) {
    case Log::Level::kError:
      return {"error: ", LOG_ERR, Verbosity::kQuiet};
    case Log::Level::kWarning:
      return {"warning: ", LOG_WARNING, Verbosity::kQuiet};
    case Log::Level::kInfo:
      return {"", LOG_INFO, Verbosity::kNormal};
    case Log::Level::kVerbose:
      break;
  }
  return {"", LOG_DEBUG, Verbosity::kVerbose};
}

}  // namespace

// Nobody could be told that it failed.
void Log::WriteNow(const Line& line, const std::atomic<bool>& hurried) {
  size_t written_bytes = 0;
  base::WriteAll(STDERR_FILENO, line.terminal, hurried, written_bytes);
  if (!line.syslog.empty()) ::syslog(line.priority, "%s", line.syslog.c_str());
}

Log::Log(Verbosity verbosity) : verbosity_(verbosity) { ::openlog("espcap", LOG_PID, LOG_DAEMON); }

Log::~Log() {
  EndThread(milliseconds(0));
  ::closelog();
}

void Log::Record(const std::string& message) {
  Write({{}, base::Printable(message), StyleOf(Level::kInfo).priority});
}

void Log::Say(Level level, const std::string& message) {
  if (level == Level::kError) ++errors_;
  const Style style = StyleOf(level);
  const std::string text = base::Printable(message);
  Line line;
  line.priority = style.priority;
  if (level != Level::kVerbose) line.syslog = text;
  if (verbosity_ >= style.from) {
    line.terminal = fmt::format("{}espcap: {}{}\n", TakeProgress(), style.prefix, text);
  }
  Write(std::move(line));
}

void Log::SayLimited(Level level, const std::string& kind, const std::string& message,
                     int at_once) {
  MessageLimit& limit = limits_.try_emplace({level, kind}, at_once).first->second;
  if (!limit.Take(std::chrono::steady_clock::now())) {
    if (level == Level::kError) ++errors_;
    return;
  }
  SayLeftOut(level, kind, limit.TakeLeftOut());
  Say(level, message);
}

void Log::TellLeftOut() {
  for (auto& [kind, limit] : limits_) SayLeftOut(kind.first, kind.second, limit.TakeLeftOut());
}

void Log::SayLeftOut(Level level, const std::string& kind, uint64_t messages) {
  if (messages == 0) return;
  const uint64_t errors = errors_;
  Say(level, fmt::format("{} more messages about {} were left out", messages, kind));
  errors_ = errors;  // they are counted
}

void Log::ShowProgress(const std::string& text) {
  if (thread_ != nullptr && thread_->posted() > 0) return;
  Write({fmt::format("{}{}", kClearLine, text), {}, 0});
  has_progress_ = true;
}

void Log::ClearProgress() {
  if (has_progress_) Write({TakeProgress(), {}, 0});
}

std::string Log::TakeProgress() {
  return std::exchange(has_progress_, false) ? std::string(kClearLine) : std::string();
}

void Log::Write(Line line) {
  if (is_stalled_ || (line.terminal.empty() && line.syslog.empty())) return;
  if (thread_ == nullptr) return WriteNow(line, false);
  if (!thread_->HasRoom()) {
    ++left_out_lines_;
    return;
  }
  if (left_out_lines_ > 0) {
    const std::string notice =
        fmt::format("{} messages were left out: standard error or syslog accepts them too slowly",
                    std::exchange(left_out_lines_, 0));
    line.terminal.insert(0, "espcap: warning: " + notice + '\n');
    line.syslog.insert(0, notice + "; ");
  }
  thread_->Post(
      [line = std::move(line), hurried = thread_->hurry_flag()] {
        WriteNow(line, *hurried);
        return true;
      },
      [](bool /*written*/) {});
}

Result<void> Log::BeginThread(base::EventLoop& loop) {
  auto thread = base::WriteThread::Create(loop, kMostLines);
  if (!thread) return Forward(std::move(thread));
  thread_ = std::move(*thread);
  return {};
}

void Log::EndThread(milliseconds time) {
  if (thread_ == nullptr) return;
  if (!thread_->Finish(std::chrono::steady_clock::now() + time)) {
    thread_->Hurry();
    is_stalled_ = !thread_->Finish(std::chrono::steady_clock::now() + kInterruptTime);
  }
  thread_.reset();
}

}  // namespace espcap::telemetry
