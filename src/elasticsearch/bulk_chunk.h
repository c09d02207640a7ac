// SPDX-License-Identifier: GPL-2.0-or-later
//
// Documents of a batch on their way in one request. A batch is one chunk at first; what of it has
// to be sent again, or is too much for a request, becomes chunks of their own.
#ifndef ESPCAP_ELASTICSEARCH_BULK_CHUNK_H_
#define ESPCAP_ELASTICSEARCH_BULK_CHUNK_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/batch.h"
#include "espcap/sink.h"

namespace espcap::elasticsearch {

// A batch at the sink, and how many of its documents have no outcome yet.
struct PendingBatch {
  Batch batch;
  size_t open = 0;
  Delivery delivery = Delivery::kAcknowledged;  // of those that have one
};

struct BulkChunk {
  std::list<PendingBatch>::iterator pending_batch;
  std::vector<uint32_t> positions;         // in the batch, ascending, never empty
  uint32_t failures = 0;                   // times that it was sent without success
  uint32_t attempts_without_progress = 0;  // tries in a row after which nothing at all had landed
  std::chrono::steady_clock::time_point not_before{};
  bool is_blocked = false;  // refused the last time for a state of the cluster
  bool is_told = false;     // that its documents were refused for good
  // Sent, and the answer was lost: who knows what has landed.
  bool is_uncertain = false;

  [[nodiscard]] const Batch& batch() const { return pending_batch->batch; }
  [[nodiscard]] bool IsWhole() const { return positions.size() == batch().documents.size(); }
};

// All documents of the pending_batch.
BulkChunk ChunkOf(std::list<PendingBatch>::iterator pending_batch);

size_t TextBytes(const BulkChunk& chunk);

// The documents' text: borrowed from the batch where they lie together there, else put together in
// `gathered`.
std::string_view TextOf(const BulkChunk& chunk, std::string& gathered);

// The documents as a batch of their own, its text as TextOf() says.
Batch BatchOf(const BulkChunk& chunk, std::string& gathered);

// Chunks of at most `bytes` of text, or of one document, in order.
std::vector<BulkChunk> Split(const BulkChunk& chunk, size_t bytes);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_BULK_CHUNK_H_
