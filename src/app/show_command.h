// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap show`: the packets of documents that a query finds, dissected once more.
#ifndef ESPCAP_APP_SHOW_COMMAND_H_
#define ESPCAP_APP_SHOW_COMMAND_H_

#include "cli/settings.h"
#include "espcap/exit_status.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

// kIncomplete: packets were not found; the others are shown.
Result<ExitStatus> RunShowCommand(const char* program_path, const cli::ShowSettings& settings,
                                  telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_SHOW_COMMAND_H_
