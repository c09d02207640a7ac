// SPDX-License-Identifier: GPL-2.0-or-later
//
// The captures that --jobs gives to a run.
#ifndef ESPCAP_APP_JOB_SOURCE_H_
#define ESPCAP_APP_JOB_SOURCE_H_

#include <memory>
#include <string>

#include "base/event_loop.h"
#include "cli/settings.h"
#include "encode/provenance.h"
#include "espcap/ledger.h"
#include "espcap/result.h"
#include "jobs/job_consumer.h"
#include "retrieve/archive_roots.h"
#include "telemetry/log.h"

namespace espcap::app {

// Whether --jobs goes with the other options, and those that belong to it are given with it alone.
Result<void> CheckJobOptions(const cli::CaptureSettings& settings);

// Null: there is no --jobs. The loop is borrowed. REQUIRES: after the process's last fork.
Result<std::unique_ptr<jobs::JobConsumer>> OpenJobs(const cli::CaptureSettings& settings,
                                                    const encode::RunOrigin& origin,
                                                    base::EventLoop& loop, telemetry::Log& log);

// After the run: its ledger goes to the results, and the group is left. Waits, but not long.
void CloseJobs(jobs::JobConsumer& consumer, const encode::RunOrigin& origin, const Ledger& ledger,
               base::EventLoop& loop, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_JOB_SOURCE_H_
