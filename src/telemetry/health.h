// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a run does its duty: it delivers, or keeps what it can't deliver. Pure.
#ifndef ESPCAP_TELEMETRY_HEALTH_H_
#define ESPCAP_TELEMETRY_HEALTH_H_

#include <cstddef>
#include <string>

namespace espcap::telemetry {

struct HealthState {
  bool stopping = false;
  size_t nodes = 0;  // 0: documents go to no server
  size_t resting_nodes = 0;
  bool has_spool = false;
  bool spool_full = false;
};

// Why it doesn't; empty where it does.
std::string Ailment(const HealthState& state);

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_HEALTH_H_
