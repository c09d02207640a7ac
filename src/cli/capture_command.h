// SPDX-License-Identifier: GPL-2.0-or-later
//
// The main command: captures to documents at a destination.
#ifndef ESPCAP_CLI_CAPTURE_COMMAND_H_
#define ESPCAP_CLI_CAPTURE_COMMAND_H_

#include "cli/settings.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::cli {

// The run, from start to summary. What went wrong without ending it is in the log.
Result<void> RunCaptureCommand(const char* program_path, const CaptureSettings& settings,
                               telemetry::Log& log);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_CAPTURE_COMMAND_H_
