// SPDX-License-Identifier: GPL-2.0-or-later
//
// The documents of runs, asked for at the server.
#ifndef ESPCAP_APP_RUN_PLANS_H_
#define ESPCAP_APP_RUN_PLANS_H_

#include <set>
#include <string>
#include <vector>

#include "app/run_plan.h"
#include "cli/settings.h"
#include "espcap/result.h"

namespace espcap::app {

// In the order in which the runs began. `runs`: ids, as documents have them. An error: the server
// doesn't answer, or not to this user. Waits.
Result<std::vector<RunPlan>> FetchRunPlans(const cli::ServerSettings& settings,
                                           const std::set<std::string>& runs);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_PLANS_H_
