// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/bulk_chunk.h"

#include <numeric>
#include <utility>

namespace espcap::elasticsearch {

BulkChunk ChunkOf(std::list<PendingBatch>::iterator pending_batch) {
  BulkChunk chunk{pending_batch, std::vector<uint32_t>(pending_batch->batch.documents.size())};
  std::iota(chunk.positions.begin(), chunk.positions.end(), 0U);
  return chunk;
}

size_t TextBytes(const BulkChunk& chunk) {
  return std::accumulate(chunk.positions.begin(), chunk.positions.end(), size_t{0},
                         [&chunk](size_t sum, uint32_t position) {
                           return sum + chunk.batch().documents[position].length;
                         });
}

std::string_view TextOf(const BulkChunk& chunk, std::string& gathered) {
  const Batch& batch = chunk.batch();
  const DocumentSpan& first = batch.documents[chunk.positions.front()];
  const DocumentSpan& last = batch.documents[chunk.positions.back()];
  if (chunk.positions.back() - chunk.positions.front() + 1 == chunk.positions.size()) {
    return batch.text.substr(first.offset, last.offset + last.length - first.offset);
  }
  gathered.clear();
  gathered.reserve(TextBytes(chunk));
  for (const uint32_t position : chunk.positions) {
    gathered += batch.Text(batch.documents[position]);
  }
  return gathered;
}

Batch BatchOf(const BulkChunk& chunk, std::string& gathered) {
  const Batch& whole = chunk.batch();
  if (chunk.IsWhole()) return whole;
  Batch batch{TextOf(chunk, gathered), {}, whole.source, whole.slot};
  size_t offset = 0;
  for (const uint32_t position : chunk.positions) {
    DocumentSpan span = whole.documents[position];
    span.offset = std::exchange(offset, offset + span.length);
    batch.documents.push_back(span);
  }
  return batch;
}

std::vector<BulkChunk> Split(const BulkChunk& chunk, size_t bytes) {
  std::vector<BulkChunk> chunks;
  size_t filled = 0;
  for (const uint32_t position : chunk.positions) {
    const size_t length = chunk.batch().documents[position].length;
    if (chunks.empty() || filled + length > bytes) {
      chunks.push_back({chunk.pending_batch,
                        {},
                        chunk.failures,
                        chunk.attempts_without_progress,
                        chunk.not_before,
                        chunk.is_blocked,
                        chunk.is_told,
                        chunk.is_uncertain});
      filled = 0;
    }
    chunks.back().positions.push_back(position);
    filled += length;
  }
  return chunks;
}

}  // namespace espcap::elasticsearch
