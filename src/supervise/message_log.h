// SPDX-License-Identifier: GPL-2.0-or-later
//
// What other processes say, for the log.
#ifndef ESPCAP_SUPERVISE_MESSAGE_LOG_H_
#define ESPCAP_SUPERVISE_MESSAGE_LOG_H_

#include <string>

#include "process/messages.h"
#include "telemetry/log.h"

namespace espcap::supervise {

// `warnings`: where warnings go, since there can be many.
inline void WriteToLog(const process::LogMessage& message, telemetry::Log& log,
                       telemetry::RateLimited& warnings) {
  using Level = process::LogMessage::Level;
  const std::string text(message.Text());
  switch (message.level) {
    case Level::kError:
      return log.Error(text);
    case Level::kWarning:
      return warnings.Report(text);
    case Level::kInfo:
      return log.Info(text);
    case Level::kVerbose:
      return log.Verbose(text);
  }
}

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_MESSAGE_LOG_H_
