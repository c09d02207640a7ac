// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/chunk_queue.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace espcap::elasticsearch {

void ChunkQueue::Add(Batch batch) {
  const size_t documents = batch.documents.size();
  waiting_.push_back(
      ChunkOf(pending_batches_.insert(pending_batches_.end(), {std::move(batch), documents})));
}

bool ChunkQueue::HasDue(Time now) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [now](const BulkChunk& chunk) { return chunk.not_before <= now; });
}

std::optional<BulkChunk> ChunkQueue::PopDue(Time now, size_t most_bytes) {
  const auto due = std::find_if(waiting_.begin(), waiting_.end(),
                                [now](const BulkChunk& chunk) { return chunk.not_before <= now; });
  if (due == waiting_.end()) return std::nullopt;
  BulkChunk chunk = std::move(*due);
  waiting_.erase(due);
  if (TextBytes(chunk) > most_bytes && chunk.positions.size() > 1) {
    std::vector<BulkChunk> parts = Split(chunk, most_bytes);
    chunk = std::move(parts.front());
    parts.erase(parts.begin());
    PutFirst(std::move(parts));
  }
  return chunk;
}

std::optional<ChunkQueue::Time> ChunkQueue::NextDue(Time now) const {
  std::optional<Time> next;
  for (const BulkChunk& chunk : waiting_) {
    if (chunk.not_before > now && (!next || chunk.not_before < *next)) next = chunk.not_before;
  }
  return next;
}

void ChunkQueue::PutFirst(std::vector<BulkChunk> chunks) {
  waiting_.insert(waiting_.begin(), std::make_move_iterator(chunks.begin()),
                  std::make_move_iterator(chunks.end()));
}

void ChunkQueue::CountSettled(std::list<PendingBatch>::iterator pending_batch, size_t documents) {
  pending_batch->open -= documents;
  if (pending_batch->open > 0) return;
  const uint32_t slot = pending_batch->batch.slot;
  const Delivery delivery = pending_batch->delivery;
  pending_batches_.erase(pending_batch);
  settled_(slot, delivery);
}

std::vector<RemoteSink::Returned> ChunkQueue::Reclaim(const RemoteSink::IsWanted& is_wanted) {
  std::vector<RemoteSink::Returned> returned;
  for (auto next = pending_batches_.begin(); next != pending_batches_.end();) {
    const auto pending_batch = next++;
    if (!is_wanted(pending_batch->batch.slot)) continue;
    BulkChunk rest{pending_batch, {}};
    for (const BulkChunk& chunk : waiting_) {
      if (chunk.pending_batch != pending_batch) continue;
      rest.positions.insert(rest.positions.end(), chunk.positions.begin(), chunk.positions.end());
    }
    if (rest.positions.size() != pending_batch->open) continue;  // the others are in flight
    std::sort(rest.positions.begin(), rest.positions.end());
    const auto gathered = std::make_shared<std::string>();
    returned.push_back({BatchOf(rest, *gathered), gathered, pending_batch->delivery});
    std::erase_if(waiting_, [pending_batch](const BulkChunk& chunk) {
      return chunk.pending_batch == pending_batch;
    });
    pending_batches_.erase(pending_batch);
  }
  return returned;
}

size_t ChunkQueue::GiveUp() {
  size_t documents = 0;
  waiting_.clear();
  for (const PendingBatch& pending_batch : std::exchange(pending_batches_, {})) {
    documents += pending_batch.open;
    settled_(pending_batch.batch.slot, Delivery::kFailed);
  }
  return documents;
}

}  // namespace espcap::elasticsearch
