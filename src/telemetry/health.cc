// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/health.h"

#include <fmt/format.h>

namespace espcap::telemetry {

std::string Ailment(const HealthState& state) {
  if (state.stopping) return "espcap is stopping";
  if (state.has_spool && state.spool_full) return "the spool takes no more documents";
  const bool all_rest = state.nodes > 0 && state.resting_nodes == state.nodes;
  if (all_rest && !state.has_spool) {
    return fmt::format("no node can be reached (of {}), and there is no spool", state.nodes);
  }
  return {};
}

}  // namespace espcap::telemetry
