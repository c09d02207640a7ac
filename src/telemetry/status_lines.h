// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of a run, in a few lines for the log: the answer to SIGUSR1. Pure.
#ifndef ESPCAP_TELEMETRY_STATUS_LINES_H_
#define ESPCAP_TELEMETRY_STATUS_LINES_H_

#include <chrono>
#include <string>
#include <vector>

#include "espcap/run_snapshot.h"

namespace espcap::telemetry {

// The ledger, the workers, and where documents go to a server: its nodes, what was sent, the spool.
std::vector<std::string> StatusLines(const RunSnapshot& snapshot,
                                     std::chrono::duration<double> elapsed);

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_STATUS_LINES_H_
