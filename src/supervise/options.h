// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a run goes about its captures: what the supervisor needs to know, and nothing of what becomes
// of a packet.
#ifndef ESPCAP_SUPERVISE_OPTIONS_H_
#define ESPCAP_SUPERVISE_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "espcap/compression.h"
#include "espcap/fingerprint.h"
#include "process/worker_slots.h"
#include "supervise/batch_check.h"
#include "supervise/capture_queue.h"

namespace espcap::supervise {

struct Options {
  std::vector<InputFile> files;
  std::vector<LiveInterface> interfaces;  // none: nothing is live
  uint64_t packet_limit = 0;  // over all files; 0: none. With one, files are taken one by one
  uint32_t workers = 1;
  uint32_t shards = 1;              // of each file
  uint64_t max_unpacked_bytes = 0;  // of one file
  bool two_pass = false;
  bool ordered = false;  // documents reach the sink in the order of the files
  size_t chunk_documents = 0;
  size_t chunk_bytes = 0;
  uint32_t batches_at_sink = 2;                  // at a time: one under way, one ready to follow
  Compression compression = Compression::kNone;  // of batches
  BatchForm form = BatchForm::kLines;
  std::string index;  // its pattern; of kBulk
  // By which packets' documents name their file (kSections).
  std::function<std::string(const std::string& path, bool is_from_directory)> origin_path = {};
  std::string sensor = {};         // that has captured them (kSections)
  bool files_go = false;           // of settled captures: what is read is hashed before
  bool resume = false;             // captures that an earlier run settled are skipped
  Fingerprint live_run{};          // makes the ids of what is captured live
  bool ends_with_capture = false;  // live: once nothing more is captured (--count), it is a stop
  std::chrono::milliseconds duration{0};           // of the whole run; 0: to its end
  std::chrono::milliseconds frame_timeout{0};      // without work a process is ended; 0: never
  std::chrono::milliseconds stop_timeout{60'000};  // from a stop to the end, at most
  std::chrono::milliseconds stats_interval{0};  // live: time between lines of statistics; 0: none
};

// The captures that the run begins with.
CaptureQueue CapturesOf(const Options& options);

// With many workers each slot is smaller, so that all of them and the batches that are kept stay
// below four times `chunk_bytes` together.
struct MemoryShares {
  process::SlotShape slot;
  size_t kept_bytes = 0;
};
MemoryShares SharesOf(const Options& options);

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_OPTIONS_H_
