// SPDX-License-Identifier: GPL-2.0-or-later
//
// The memory that the processes of a run share, made before the first of them is forked.
#ifndef ESPCAP_APP_RUN_MEMORY_H_
#define ESPCAP_APP_RUN_MEMORY_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "espcap/live_stats.h"
#include "espcap/result.h"
#include "live/link_table.h"
#include "live/options.h"
#include "live/shared_capture_state.h"
#include "live/shared_duplicates.h"
#include "process/packet_ring.h"
#include "process/run_control.h"
#include "process/worker_slots.h"

namespace espcap::app {

struct RunMemory {
  std::unique_ptr<process::RunControl> control;
  std::vector<std::unique_ptr<process::WorkerSlots>> slots;  // by worker index
  std::vector<std::unique_ptr<process::PacketRing>> rings;   // one a stream; live, one a worker
  std::unique_ptr<live::SharedCaptureState> shared_state;    // null: nothing is live
  std::unique_ptr<live::SharedDuplicates> duplicates;        // null: they are taken, too
  std::unique_ptr<live::LinkTable> links;                    // null: nothing is live
};

// `live` without interfaces: nothing is live.
Result<RunMemory> MakeRunMemory(const process::SlotShape& slot, uint32_t workers, uint32_t rings,
                                const live::Options& live);

// What has come to each interface so far.
std::vector<InterfaceStats> ReadInterfaces(const live::SharedCaptureState& shared_state,
                                           const live::Options& live);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_MEMORY_H_
