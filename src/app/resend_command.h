// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap resend`: dead letters go to the server once more; those that it takes leave their file.
#ifndef ESPCAP_APP_RESEND_COMMAND_H_
#define ESPCAP_APP_RESEND_COMMAND_H_

#include "cli/settings.h"
#include "espcap/exit_status.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

// kIncomplete: documents remain.
Result<ExitStatus> RunResendCommand(const cli::ResendSettings& settings, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RESEND_COMMAND_H_
