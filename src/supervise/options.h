// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a run goes about its captures: what the supervisor needs to know, and nothing of what becomes
// of a packet.
#ifndef ESPCAP_SUPERVISE_OPTIONS_H_
#define ESPCAP_SUPERVISE_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "espcap/compression.h"
#include "process/batch_slots.h"
#include "supervise/capture_queue.h"

namespace espcap::supervise {

struct Options {
  std::vector<InputFile> files;
  std::vector<LiveInterface> interfaces;  // none: nothing is live
  uint64_t packet_limit = 0;  // over all files; 0: none. With one, files are taken one by one
  uint32_t workers = 1;
  uint32_t shards = 1;       // of each file
  bool ordered = false;      // documents reach the sink in the order of the files
  uint32_t files_ahead = 0;  // ordered: so many may be done while an earlier one isn't
  size_t chunk_documents = 0;
  size_t chunk_bytes = 0;
  uint32_t batches_at_sink = 2;                  // at a time: one under way, one ready to follow
  Compression compression = Compression::kNone;  // what the workers make of their batches
  bool ends_with_capture = false;  // live: once nothing more is captured (--count), it is a stop
  std::chrono::milliseconds duration{0};           // of the whole run; 0: to its end
  std::chrono::milliseconds stop_timeout{60'000};  // from a stop to the end, at most
  std::chrono::milliseconds stats_interval{0};     // live: a line of statistics so often; 0: none
};

// The captures that the run begins with.
CaptureQueue CapturesOf(const Options& options);

// With many slots each is smaller, so that all of them together, with what is compressed in them,
// stay below four times `chunk_bytes`.
process::BatchSlots::Shape SlotShapeOf(const Options& options);

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_OPTIONS_H_
