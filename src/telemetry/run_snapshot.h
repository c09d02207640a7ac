// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a run stands at one moment, as plain values: what its metrics and its answer to SIGUSR1 are
// made of.
#ifndef ESPCAP_TELEMETRY_RUN_SNAPSHOT_H_
#define ESPCAP_TELEMETRY_RUN_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "deliver/delivery_stats.h"
#include "espcap/ledger.h"
#include "telemetry/health.h"
#include "telemetry/live_stats.h"

namespace espcap::telemetry {

// The supervisor's workers, and what waits for them or for the destination.
struct WorkStats {
  size_t workers = 0;              // at work
  uint64_t worker_restarts = 0;    // after deaths
  uint64_t sessions_replaced = 0;  // of streams, as their limits ask for
  size_t batch_slots = 0;
  size_t free_batch_slots = 0;
  size_t batches_queued = 0;  // full, and not yet at the destination's side
  size_t captures_waiting = 0;
  size_t captures_open = 0;  // under way or not yet settled
};

struct RunSnapshot {
  Ledger ledger;  // with what workers have in hand
  WorkStats work;
  bool stopping = false;
  std::optional<LiveStats> live;                     // none: files are read
  const deliver::DeliveryStats* delivery = nullptr;  // borrowed; null: documents go to no server
};

// Captured or recovered, and without an outcome so far.
uint64_t UnderWay(const Ledger& ledger);

HealthState HealthOf(const RunSnapshot& snapshot);

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_RUN_SNAPSHOT_H_
