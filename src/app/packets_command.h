// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap packets`: from documents that a query finds back to their packets, in a pcapng file.
#ifndef ESPCAP_APP_PACKETS_COMMAND_H_
#define ESPCAP_APP_PACKETS_COMMAND_H_

#include "cli/settings.h"
#include "espcap/exit_status.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

// kIncomplete: packets were not found; the others are written.
Result<ExitStatus> RunPacketsCommand(const char* program_path, const cli::PacketsSettings& settings,
                                     telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_PACKETS_COMMAND_H_
