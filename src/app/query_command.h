// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap query`: a ready search, of config/queries or built in, sent to a server, its answer as a
// table.
#ifndef ESPCAP_APP_QUERY_COMMAND_H_
#define ESPCAP_APP_QUERY_COMMAND_H_

#include <string>
#include <vector>

#include "cli/settings.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

// Puts `settings` ("name=value") in the place of ${name}, as text within a JSON string. What is
// missing is an error that names it, and so is a name that the query doesn't have.
Result<std::string> FillIn(std::string query, const std::vector<std::string>& settings);

Result<void> RunQueryCommand(const cli::QuerySettings& settings, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_QUERY_COMMAND_H_
