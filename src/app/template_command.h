// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap template`.
#ifndef ESPCAP_APP_TEMPLATE_COMMAND_H_
#define ESPCAP_APP_TEMPLATE_COMMAND_H_

#include "cli/settings.h"
#include "espcap/exit_status.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

// kIncomplete: --check found what isn't as it should be.
Result<ExitStatus> RunTemplateCommand(const char* program_path,
                                      const cli::TemplateSettings& settings, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_TEMPLATE_COMMAND_H_
