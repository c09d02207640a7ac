// SPDX-License-Identifier: GPL-2.0-or-later
//
// Batches at the sink, and the chunks of them that wait to be sent. Books only: it sends nothing.
// One thread.
#ifndef ESPCAP_ELASTICSEARCH_CHUNK_QUEUE_H_
#define ESPCAP_ELASTICSEARCH_CHUNK_QUEUE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "elasticsearch/bulk_chunk.h"
#include "espcap/remote_sink.h"

namespace espcap::elasticsearch {

class ChunkQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Told of each batch whose last document has an outcome.
  using Settled = std::function<void(uint32_t slot, Delivery delivery)>;

  explicit ChunkQueue(Settled settled) : settled_(std::move(settled)) {}

  // Batches with documents that have no outcome yet.
  [[nodiscard]] size_t pending_batches() const { return pending_batches_.size(); }
  // Chunks that aren't in flight.
  [[nodiscard]] size_t waiting() const { return waiting_.size(); }

  // REQUIRES: the batch isn't empty.
  void Add(Batch batch);
  [[nodiscard]] bool HasDue(Time now) const;
  // The first chunk that may be sent now, at most `most_bytes` of it (or one document).
  std::optional<BulkChunk> PopDue(Time now, size_t most_bytes);
  // When another one may be sent, by time alone.
  [[nodiscard]] std::optional<Time> NextDue(Time now) const;
  // What has to be sent again.
  void PutFirst(std::vector<BulkChunk> chunks);
  void PutFirst(BulkChunk chunk) { waiting_.push_front(std::move(chunk)); }
  void PutLast(BulkChunk chunk) { waiting_.push_back(std::move(chunk)); }

  // This number of further documents of the batch have an outcome; it ends here when none is left.
  void CountSettled(std::list<PendingBatch>::iterator pending_batch, size_t documents);

  // As RemoteSink's.
  std::vector<RemoteSink::Returned> Reclaim(const RemoteSink::IsWanted& is_wanted);
  // What has no outcome is taken out, and its slot is settled as failed. The number of those
  // documents.
  size_t GiveUp();

 private:
  Settled settled_;
  std::list<PendingBatch> pending_batches_;
  std::deque<BulkChunk> waiting_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_CHUNK_QUEUE_H_
