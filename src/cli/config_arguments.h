// SPDX-License-Identifier: GPL-2.0-or-later
//
// Settings of a configuration file as values of command-line options. What the command line gives
// wins: an option by itself, sources and destinations as a whole (a --file leaves out the file's
// dir, a --node its output).
#ifndef ESPCAP_CLI_CONFIG_ARGUMENTS_H_
#define ESPCAP_CLI_CONFIG_ARGUMENTS_H_

#include <string>
#include <vector>

#include "config/config_file.h"
#include "espcap/result.h"

namespace CLI {
class App;
}

namespace espcap::cli {

// REQUIRES: `command` has parsed the command line. An unknown key or a value of the wrong type is
// an error with file, line and the nearest known key; one that only other commands have is passed
// over; `main_command`'s are those that a mistake is compared with. `trust`: whether every key is
// accepted, or those alone that can do no harm (Option::in_found_file); another one is an error
// then.
enum class Trust { kFull, kFoundFile };
Result<void> ApplyConfig(CLI::App& command, const CLI::App& main_command,
                         const config::ConfigFile& file, Trust trust,
                         std::vector<std::string>& warnings);

// Every long option, with `prefix` before its name.
std::vector<std::string> LongOptions(const CLI::App& app, const std::string& prefix);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_CONFIG_ARGUMENTS_H_
