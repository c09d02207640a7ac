// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the program does with its settings.
#ifndef ESPCAP_CLI_COMMANDS_H_
#define ESPCAP_CLI_COMMANDS_H_

#include "cli/settings.h"
#include "telemetry/log.h"

namespace espcap::cli {

// The run, from start to summary. Returns the exit status: 0 where everything was taken and
// delivered, else 1, with the reasons in the log.
int RunCommand(const char* program_path, const Settings& settings, telemetry::Log& log);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_COMMANDS_H_
