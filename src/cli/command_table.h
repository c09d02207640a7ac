// SPDX-License-Identifier: GPL-2.0-or-later
//
// The commands and what is said about each, once: --help, the man page and completions come from
// it.
#ifndef ESPCAP_CLI_COMMAND_TABLE_H_
#define ESPCAP_CLI_COMMAND_TABLE_H_

#include <vector>

#include "cli/option.h"

namespace espcap::cli {

struct CommandRow {
  Commands command = kCaptureCommand;
  const char* name = "";  // empty: the main command
  const char* help = "";
  const char* examples = "";  // a line each; its comment is three spaces apart
};

// The main command is the first.
const std::vector<CommandRow>& CommandTable();

const CommandRow& RowOf(Commands command);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_COMMAND_TABLE_H_
