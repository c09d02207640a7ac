// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/run_snapshot.h"

#include <algorithm>

namespace espcap::telemetry {

uint64_t UnderWay(const Ledger& ledger) {
  const uint64_t taken = ledger.captured + ledger.recovered;
  return taken - std::min(taken, ledger.Settled());
}

HealthState HealthOf(const RunSnapshot& snapshot) {
  HealthState state;
  state.stopping = snapshot.stopping;
  if (snapshot.delivery == nullptr) return state;
  const auto& nodes = snapshot.delivery->nodes;
  state.nodes = nodes.size();
  state.resting_nodes = static_cast<size_t>(
      std::count_if(nodes.begin(), nodes.end(), [](const auto& node) { return node.resting; }));
  state.has_spool = snapshot.delivery->spool.has_value();
  state.spool_full = state.has_spool && snapshot.delivery->spool->full;
  return state;
}

}  // namespace espcap::telemetry
