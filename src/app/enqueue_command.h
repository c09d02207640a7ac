// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap enqueue`: captures become jobs in a topic; or how far they are.
#ifndef ESPCAP_APP_ENQUEUE_COMMAND_H_
#define ESPCAP_APP_ENQUEUE_COMMAND_H_

#include "cli/settings.h"
#include "espcap/exit_status.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

Result<ExitStatus> RunEnqueueCommand(const cli::EnqueueSettings& settings, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_ENQUEUE_COMMAND_H_
