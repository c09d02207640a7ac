// SPDX-License-Identifier: GPL-2.0-or-later
//
// Rows of the option table in CLI11's terms.
#ifndef ESPCAP_CLI_PARSER_OPTIONS_H_
#define ESPCAP_CLI_PARSER_OPTIONS_H_

#include "cli/option.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace espcap::cli {

// Adds every option of `command` to `app`. Values go into `settings`, which stay where they are
// until the parsing is over.
void AddOptions(CLI::App& app, Commands command, SettingsOfCommand settings);

// Whether each of several values is kept.
bool IsList(const CLI::Option& option);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_PARSER_OPTIONS_H_
