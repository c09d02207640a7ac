// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of a run at one moment, as plain values: what its metrics, its health and its answer to
// SIGUSR1 are made of. The supervisor computes them, telemetry prints them.
#ifndef ESPCAP_RUN_SNAPSHOT_H_
#define ESPCAP_RUN_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "espcap/consume_stats.h"
#include "espcap/delivery_stats.h"
#include "espcap/destination.h"
#include "espcap/ledger.h"
#include "espcap/live_stats.h"
#include "espcap/loop_stats.h"

namespace espcap {

// The supervisor's workers, and what waits for them or for the destination.
struct WorkStats {
  size_t workers = 0;              // at work
  uint64_t worker_restarts = 0;    // after deaths
  uint64_t sessions_replaced = 0;  // of streams, as their limits ask for
  size_t batch_slots = 0;
  size_t free_batch_slots = 0;
  size_t batches_queued = 0;      // full, and not yet at the destination's side
  size_t batches_kept_bytes = 0;  // of those that aren't settled
  size_t captures_waiting = 0;
  size_t captures_open = 0;  // under way or not yet settled
  size_t rings_unread = 0;   // packets go into them, and their workers have died too often
  uint64_t unreadable_files = 0;
};

struct RunSnapshot {
  Destination destination = Destination::kStream;
  Ledger ledger;  // with what workers have in hand
  WorkStats work;
  LoopStats loop;  // the supervisor's
  bool stopping = false;
  std::string unhealthy_reason;               // empty: healthy
  std::optional<LiveStats> live;              // none: files are read
  const DeliveryStats* delivery = nullptr;    // borrowed; null: documents go to no server
  const ConsumeStats* consumption = nullptr;  // borrowed; null: packets come from no topic
};

}  // namespace espcap

#endif  // ESPCAP_RUN_SNAPSHOT_H_
