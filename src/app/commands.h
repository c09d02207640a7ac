// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which command does what the user asks for.
#ifndef ESPCAP_APP_COMMANDS_H_
#define ESPCAP_APP_COMMANDS_H_

#include "cli/arguments.h"

namespace espcap::app {

// Returns the exit status: 0 where everything was done, else 1, with the reasons in the log.
int RunCommand(const char* program_path, const cli::Invocation& invocation);

}  // namespace espcap::app

#endif  // ESPCAP_APP_COMMANDS_H_
