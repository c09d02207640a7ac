// SPDX-License-Identifier: GPL-2.0-or-later
//
// The main command: captures to documents at a destination.
#ifndef ESPCAP_APP_CAPTURE_COMMAND_H_
#define ESPCAP_APP_CAPTURE_COMMAND_H_

#include "cli/settings.h"
#include "espcap/exit_status.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

// The run, from start to summary. What went wrong without ending it is in the log.
Result<ExitStatus> RunCaptureCommand(const char* program_path, const cli::CaptureSettings& settings,
                                     telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_CAPTURE_COMMAND_H_
