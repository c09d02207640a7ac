// SPDX-License-Identifier: GPL-2.0-or-later
//
// What becomes of the documents of a chunk that was answered, or not: each is settled, or sent
// again. One thread.
#ifndef ESPCAP_ELASTICSEARCH_DOCUMENT_OUTCOMES_H_
#define ESPCAP_ELASTICSEARCH_DOCUMENT_OUTCOMES_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "elasticsearch/bulk_response.h"
#include "elasticsearch/chunk_queue.h"
#include "elasticsearch/node_pool.h"
#include "elasticsearch/retry_policy.h"
#include "elasticsearch/size_limit.h"
#include "espcap/delivery_stats.h"
#include "espcap/ledger.h"
#include "espcap/result.h"

namespace espcap::elasticsearch {

// A document that will not be taken.
struct Refusal {
  uint32_t position = 0;  // in its batch
  int status = 0;         // HTTP's; 0: there was no answer
  std::string reason;
};

// Why documents are sent again.
struct DeliveryFailure {
  RetryReason why;
  int status = 0;  // HTTP's; 0: there was no answer
  std::string reason;
  bool may_be_too_much = false;  // for the server at once
};

class DocumentOutcomes {
 public:
  struct Hooks {
    // Keeps documents that will not be taken, and says in the event loop when that is done. An
    // error: they are lost, and counted so. What it is given is borrowed until it returns.
    using Kept = std::function<void(Result<void>)>;
    std::function<void(const Batch&, std::span<const Refusal>, Kept kept)> keep_refused;
    std::function<void(const std::string&)> report;  // errors
  };

  // All but the hooks is borrowed. `max_retries`: of a document; none: without end.
  DocumentOutcomes(std::optional<uint32_t> max_retries, NodePool::Random random, Hooks hooks,
                   ChunkQueue& chunks, DeliveryStats& stats);

  // The most of one request, as the server's answers have shown.
  [[nodiscard]] size_t most_bytes() const { return size_limit_.bytes(); }

  // An answer with an outcome for each document. The first one that has to be sent again, where
  // there is one. An error: no document will be taken with these credentials.
  Result<std::optional<ItemResult>> TakeItems(const BulkChunk& chunk, size_t text_bytes,
                                              const std::vector<ItemResult>& items, Ledger& ledger);

  // The request was too large, or has something in it that makes the server refuse the whole:
  // smaller requests follow, down to single documents.
  void TakeRefusal(BulkChunk chunk, size_t text_bytes, bool too_large, int status,
                   const std::string& reason);

  // What has been tried too often is kept as refused.
  void SendAgain(BulkChunk chunk, const DeliveryFailure& failure);

  // Counts the documents that were kept since the last call.
  void CountKept(Ledger& ledger);

 private:
  struct Kept {
    std::list<PendingBatch>::iterator pending_batch;
    size_t documents;
    Result<void> result;
  };

  void DeadLetter(std::list<PendingBatch>::iterator pending_batch,
                  const std::vector<Refusal>& refusals);

  std::optional<uint32_t> max_retries_;
  NodePool::Random random_;
  Hooks hooks_;
  ChunkQueue& chunks_;
  DeliveryStats& stats_;
  SizeLimit size_limit_;
  std::vector<Kept> kept_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_DOCUMENT_OUTCOMES_H_
