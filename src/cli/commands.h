// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which command does what the user asks for.
#ifndef ESPCAP_CLI_COMMANDS_H_
#define ESPCAP_CLI_COMMANDS_H_

#include "cli/arguments.h"

namespace espcap::cli {

// Returns the exit status: 0 where everything was done, else 1, with the reasons in the log.
int RunCommand(const char* program_path, const Invocation& invocation);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_COMMANDS_H_
