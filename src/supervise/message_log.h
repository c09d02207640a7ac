// SPDX-License-Identifier: GPL-2.0-or-later
//
// What other processes say, and how they end, for the log.
#ifndef ESPCAP_SUPERVISE_MESSAGE_LOG_H_
#define ESPCAP_SUPERVISE_MESSAGE_LOG_H_

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstring>
#include <string>

#include "process/messages.h"
#include "telemetry/log.h"

namespace espcap::supervise {

// `wait_status`: waitpid's.
inline std::string DescribeEnd(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return fmt::format("ended by signal {} ({})", WTERMSIG(wait_status),
                       strsignal(WTERMSIG(wait_status)));
  }
  return fmt::format("ended with status {}", WEXITSTATUS(wait_status));
}

// Errors name captures, most often: more of them are shown than of warnings.
inline void WriteToLog(const process::LogMessage& message, telemetry::Log& log) {
  using Level = process::LogMessage::Level;
  constexpr int kErrorsAtOnce = 100;
  const std::string text(message.Text());
  switch (message.level) {
    case Level::kError:
      return log.WriteLimited(telemetry::Log::Level::kError, "captures", text, kErrorsAtOnce);
    case Level::kWarning:
      return log.WriteLimited(telemetry::Log::Level::kWarning, "captures", text);
    case Level::kInfo:
      return log.Info(text);
    case Level::kVerbose:
      return log.Verbose(text);
  }
}

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_MESSAGE_LOG_H_
