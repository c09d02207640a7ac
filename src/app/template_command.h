// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap template`.
#ifndef ESPCAP_APP_TEMPLATE_COMMAND_H_
#define ESPCAP_APP_TEMPLATE_COMMAND_H_

#include "cli/settings.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

// An error too where --check finds something.
Result<void> RunTemplateCommand(const char* program_path, const cli::TemplateSettings& settings,
                                telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_TEMPLATE_COMMAND_H_
