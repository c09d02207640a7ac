// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/options.h"

#include <algorithm>

#include "document/action_line.h"

namespace espcap::supervise {

CaptureQueue CapturesOf(const Options& options) {
  using Fingerprints = CaptureQueue::Options::Fingerprints;
  Fingerprints fingerprints = Fingerprints::kNone;
  if (options.form == BatchForm::kBulk || options.form == BatchForm::kSections) {
    fingerprints = Fingerprints::kMeanwhile;
  }
  if (options.resume || options.files_go) fingerprints = Fingerprints::kFirst;
  CaptureQueue captures({options.shards, options.ordered, options.packet_limit != 0, fingerprints,
                         2 * options.workers, options.workers});
  captures.Add(options.files);
  if (!options.interfaces.empty()) captures.AddLive(options.interfaces, options.workers);
  return captures;
}

MemoryShares SharesOf(const Options& options) {
  const size_t bytes = options.chunk_bytes * 7 / 2;
  const size_t slots = size_t{process::WorkerSlots::kSlots} * options.workers;
  const uint32_t kept = options.batches_at_sink + 1;
  // What compresses to a fifth, as documents do, and some more.
  const size_t quarters =
      4 * slots + (options.compression == Compression::kNone ? 4 : 5) * size_t{kept};
  const size_t share = std::min(options.chunk_bytes, bytes * 4 / quarters);
  if (options.form == BatchForm::kSections) {
    // Each is of many packets, and has its origin before it.
    constexpr uint32_t kSections = 4096;
    constexpr size_t kOrigin = 512;
    return {{share, kSections, kOrigin}, bytes - slots * share};
  }
  const size_t action_bytes =
      options.form == BatchForm::kBulk ? document::MaxActionBytes(options.index.size()) : 0;
  return {{share, static_cast<uint32_t>(options.chunk_documents), action_bytes},
          bytes - slots * share};
}

}  // namespace espcap::supervise
