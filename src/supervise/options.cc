// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/options.h"

#include <algorithm>

namespace espcap::supervise {

CaptureQueue CapturesOf(const Options& options) {
  CaptureQueue captures({options.shards, options.ordered, options.packet_limit != 0});
  captures.Add(options.files);
  if (!options.interfaces.empty()) captures.AddLive(options.interfaces, options.workers);
  return captures;
}

process::BatchSlots::Shape SlotShapeOf(const Options& options) {
  const bool waits_for_order = options.ordered && options.workers > 1;
  const auto files_ahead = static_cast<uint32_t>(
      waits_for_order ? std::min<size_t>(options.files.size(), options.files_ahead) : 0);
  const uint32_t count = options.workers + options.batches_at_sink + files_ahead;
  const size_t share =
      process::BatchSlots::TextShare(options.chunk_bytes * 7 / 2 / count, options.compression);
  return {count, std::min(options.chunk_bytes, share),
          static_cast<uint32_t>(options.chunk_documents), options.compression};
}

}  // namespace espcap::supervise
