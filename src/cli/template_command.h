// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap template`.
#ifndef ESPCAP_CLI_TEMPLATE_COMMAND_H_
#define ESPCAP_CLI_TEMPLATE_COMMAND_H_

#include "cli/settings.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::cli {

// An error too where --check finds something.
Result<void> RunTemplateCommand(const char* program_path, const TemplateSettings& settings,
                                telemetry::Log& log);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_TEMPLATE_COMMAND_H_
