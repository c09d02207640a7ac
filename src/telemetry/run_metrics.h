// SPDX-License-Identifier: GPL-2.0-or-later
//
// A run's numbers as Prometheus text: which metrics there are, and what they are called. A pure
// function; docs/metrics.md has the same names.
#ifndef ESPCAP_TELEMETRY_RUN_METRICS_H_
#define ESPCAP_TELEMETRY_RUN_METRICS_H_

#include <string>

#include "espcap/run_snapshot.h"

namespace espcap::telemetry {

struct BuildInfo {
  std::string version;
  std::string libwireshark;
};

std::string FormatMetrics(const RunSnapshot& snapshot, const BuildInfo& build);

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_RUN_METRICS_H_
