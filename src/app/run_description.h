// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run's document says from its start on: who captures what, and how it is dissected.
#ifndef ESPCAP_APP_RUN_DESCRIPTION_H_
#define ESPCAP_APP_RUN_DESCRIPTION_H_

#include <string>
#include <vector>

#include "app/run_documents.h"
#include "app/run_telemetry.h"
#include "base/event_loop.h"
#include "cli/settings.h"
#include "encode/provenance.h"
#include "espcap/result.h"

namespace espcap::app {

// "tls.keylog_file:/keys" as it is; "wlan.wep_key1:…" without its value, since that may be a
// secret.
std::string WithoutSecret(const std::string& preference);

// A JSON object.
std::string DescribeRun(const cli::CaptureSettings& settings, const encode::RunOrigin& origin);

// The run's documents are written from now on, unless they are not wanted. `options`: the nodes and
// the ports.
Result<void> WriteRunDocuments(const cli::CaptureSettings& settings,
                               const encode::RunOrigin& origin, RunDocuments::Options options,
                               base::EventLoop& loop, RunTelemetry& telemetry);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_DESCRIPTION_H_
