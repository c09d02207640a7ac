// SPDX-License-Identifier: GPL-2.0-or-later
//
// The command line's options in groups that the commands share. Each writes to settings that its
// caller keeps until the parsing is over.
#ifndef ESPCAP_CLI_OPTION_GROUPS_H_
#define ESPCAP_CLI_OPTION_GROUPS_H_

#include <CLI/CLI.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "cli/settings.h"

namespace espcap::cli {

// An option that can be repeated, a value each time.
CLI::Option* AddList(CLI::App& app, const std::string& names, std::vector<std::string>& values,
                     const std::string& description, const char* type);

// A number of bytes, with k, M or G.
CLI::Option* AddSize(CLI::App& app, const std::string& name, uint64_t& value,
                     const std::string& description);

// A span of time in seconds, or with ms, s, m, h or d.
CLI::Option* AddDuration(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                         const std::string& description);

// Live capture, but for what is the same with files.
void AddLiveOptions(CLI::App& app, LiveSettings& settings);

// What a run over captures reads, selects and dissects, and how its work is shared out.
void AddCaptureOptions(CLI::App& app, CaptureSettings& settings);

// Where a server is and how it is spoken to.
void AddServerOptions(CLI::App& app, ServerSettings& settings);

// The server of a command that only asks it something.
void AddQueriedServer(CLI::App& app, ServerSettings& settings);

// What a template is for, what is in it, and what becomes of it.
void AddTemplateOptions(CLI::App& app, TemplateSettings& settings);

// Of every command: configuration, verbosity, help.
void AddProgramOptions(CLI::App& app, ProgramSettings& settings);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_OPTION_GROUPS_H_
