// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap report`: a page about the packets that an index holds.
#ifndef ESPCAP_APP_REPORT_COMMAND_H_
#define ESPCAP_APP_REPORT_COMMAND_H_

#include "cli/settings.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

Result<void> RunReportCommand(const cli::ReportSettings& settings, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_REPORT_COMMAND_H_
