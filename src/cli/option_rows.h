// SPDX-License-Identifier: GPL-2.0-or-later
//
// The rows of the option table, by what they are about. Only OptionTable() puts them together.
#ifndef ESPCAP_CLI_OPTION_ROWS_H_
#define ESPCAP_CLI_OPTION_ROWS_H_

#include <vector>

#include "cli/option.h"

namespace espcap::cli {

std::vector<Option> SourceOptions();
std::vector<Option> LiveOptions();
std::vector<Option> DocumentOptions();
std::vector<Option> OriginOptions();
std::vector<Option> SelectionOptions();
std::vector<Option> DissectionOptions();
std::vector<Option> WorkOptions();
std::vector<Option> KeepingOptions();
std::vector<Option> ServerOptions();
std::vector<Option> SecurityOptions();
std::vector<Option> TemplateOptions();
std::vector<Option> SubcommandOptions();
std::vector<Option> PacketsOptions();
std::vector<Option> ShowOptions();
std::vector<Option> ReportOptions();
std::vector<Option> JobOptions();
std::vector<Option> ProgramOptions();

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_OPTION_ROWS_H_
