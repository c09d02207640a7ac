// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/log.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "base/printable.h"
#include "base/write_all.h"

namespace espcap::telemetry {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLastTime{1000};  // for readers, when the process ends
constexpr size_t kMaxBytes = 8192;       // of a message: servers and libraries can say much
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

std::string OneLine(std::string_view message) {
  const std::string_view shown = message.substr(0, kMaxBytes);
  std::string text = base::Printable(shown);
  if (shown.size() < message.size()) {
    text += fmt::format("... ({} more bytes)", message.size() - shown.size());
  }
  return text;
}

std::string TerminalLine(std::string_view prefix, const std::string& text) {
  return fmt::format("espcap: {}{}\n", prefix, text);
}

std::string LeftOutNotice(uint64_t lines, const char* reader) {
  return fmt::format("{} messages were left out: {} accepts them too slowly", lines, reader);
}

// Nobody could be told that it failed.
void WriteToStandardError(const LineQueue::Line& line, const std::atomic<bool>& stop_waiting) {
  size_t written_bytes = 0;
  base::WriteAll(STDERR_FILENO, line.text, stop_waiting, written_bytes);
}

void WriteToSyslog(const LineQueue::Line& line, const std::atomic<bool>& /*stop_waiting*/) {
  ::syslog(line.priority, "%s", line.text.c_str());
}

// As a unit of systemd: the journal reads standard error and syslog alike. systemd.exec(5) says how
// it is known.
bool FindJournal() {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  return stream != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
         fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

bool IsReadByJournal() {
  static const bool is_read = FindJournal();
  return is_read;
}

// With the priority as sd-daemon(3) has it.
void WriteToJournal(const LineQueue::Line& line, const std::atomic<bool>& stop_waiting) {
  WriteToStandardError({fmt::format("<{}>{}\n", line.priority, line.text), line.priority},
                       stop_waiting);
}

}  // namespace

Log::Log(Verbosity verbosity)
    : verbosity_(verbosity),
      terminal_(LineQueue::Early::kWrite, WriteToStandardError,
                [](uint64_t lines) {
                  return LineQueue::Line{
                      TerminalLine("warning: ", LeftOutNotice(lines, "standard error")), 0};
                }),
      syslog_(LineQueue::Early::kKeep, IsReadByJournal() ? WriteToJournal : WriteToSyslog,
              [](uint64_t lines) {
                return LineQueue::Line{LeftOutNotice(lines, "syslog"), LOG_WARNING};
              }) {
  ::openlog("espcap", LOG_PID, LOG_DAEMON);
}

Log::~Log() {
  Flush(kLastTime);
  ::closelog();
}

void Log::Record(const std::string& message) {
  syslog_.Put({OneLine(message), StyleOf(Level::kInfo).priority});
}

void Log::Write(Level level, const std::string& message) {
  if (level == Level::kError) ++errors_;
  const Style style = StyleOf(level);
  const std::string text = OneLine(message);
  const bool goes_to_syslog = level != Level::kVerbose;
  if (verbosity_ >= style.from && !(goes_to_syslog && IsReadByJournal())) {
    terminal_.Put({EraseProgress() + TerminalLine(style.prefix, text), style.priority});
  }
  if (goes_to_syslog) syslog_.Put({text, style.priority});
}

void Log::WriteLimited(Level level, const std::string& kind, const std::string& message,
                       int at_once) {
  MessageLimit& limit = limits_.try_emplace({level, kind}, at_once).first->second;
  if (!limit.Admit(std::chrono::steady_clock::now())) {
    if (level == Level::kError) ++errors_;
    return;
  }
  WriteLeftOut(level, kind, limit.DrainLeftOut());
  Write(level, message);
}

void Log::WriteLeftOutCounts() {
  for (auto& [kind, limit] : limits_) WriteLeftOut(kind.first, kind.second, limit.DrainLeftOut());
}

void Log::WriteLeftOut(Level level, const std::string& kind, uint64_t messages) {
  if (messages == 0) return;
  const uint64_t errors = errors_;
  Write(level, fmt::format("{} more messages about {} were left out", messages, kind));
  errors_ = errors;  // they are counted
}

void Log::ShowProgress(const std::string& text) {
  if (!terminal_.Idle()) return;
  terminal_.Put({fmt::format("{}{}", kClearLine, text), 0});
  has_progress_ = true;
}

void Log::ClearProgress() {
  if (has_progress_) terminal_.Put({EraseProgress(), 0});
}

std::string Log::EraseProgress() {
  return std::exchange(has_progress_, false) ? std::string(kClearLine) : std::string();
}

Result<void> Log::BeginThread(base::EventLoop& loop) {
  if (auto begun = terminal_.BeginThread(loop); !begun) return begun;
  return syslog_.BeginThread(loop);
}

void Log::Flush(milliseconds time) {
  const auto deadline = LineQueue::Clock::now() + time;
  terminal_.Flush(deadline);
  syslog_.Flush(deadline);
}

}  // namespace espcap::telemetry
