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
#include "espcap/refusal.h"
#include "espcap/result.h"

namespace espcap::elasticsearch {

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
    // error: they are lost, and counted so. What it is given is borrowed until it returns. `kept`
    // is told how many there was room for, from the first on.
    using Kept = std::function<void(Result<size_t>)>;
    std::function<void(const Batch&, std::span<const Refusal>, Kept kept)> keep_refused;
    std::function<void(const std::string&)> warn;
    std::function<void(const std::string&)> report;  // errors
  };

  // What becomes of refused documents that there is no room for.
  enum class WhenFull : uint8_t {
    kWait,  // they are sent again, from time to time
    kDrop,
    kStop,  // the run ends
  };
  struct Options {
    std::optional<uint32_t> max_retries;  // of a document; none: without end
    WhenFull when_full = WhenFull::kWait;
  };

  // All but options and hooks is borrowed.
  DocumentOutcomes(const Options& options, NodePool::Random random, Hooks hooks, ChunkQueue& chunks,
                   DeliveryStats& stats);

  // The most of one request, as the server's answers have shown.
  [[nodiscard]] size_t most_bytes() const { return size_limit_.bytes(); }

  // What an answer says of documents that have to be sent again; none: there are none.
  struct Answered {
    std::optional<ItemResult> waits;
    std::optional<ItemResult> unauthorized;  // none will be taken with these credentials
  };
  // An answer with an outcome for each document.
  Answered HandleItems(const BulkChunk& chunk, size_t text_bytes,
                       const std::vector<ItemResult>& items, Ledger& ledger);

  // These of its documents have landed before, by a request whose answer was lost. What is left of
  // it; none: nothing.
  std::optional<BulkChunk> CountLanded(BulkChunk chunk, const std::vector<bool>& landed,
                                       Ledger& ledger);

  // The request was too large, or has something in it that makes the server refuse the whole:
  // smaller requests follow, down to single documents.
  void HandleRefusal(BulkChunk chunk, size_t text_bytes, bool too_large, int status,
                     const std::string& reason);

  // What has been tried too often is kept as refused.
  void SendAgain(BulkChunk chunk, const DeliveryFailure& failure);

  // Why documents are refused, though the server is there and will accept them; empty: they aren't.
  [[nodiscard]] const std::string& blocked_reason() const { return blocked_reason_; }

  // Counts the documents that were kept since the last call. An error: there was no room, and the
  // run is to end.
  Result<void> CountKept(Ledger& ledger);

 private:
  struct Kept {
    std::list<PendingBatch>::iterator pending_batch;
    std::vector<Refusal> refusals;
    Result<size_t> result;  // how many of them
  };

  void DeadLetter(const BulkChunk& chunk, std::vector<Refusal> refusals);
  // Those from `first` on, which there was no room for.
  void HandleUnkept(const Kept& kept, size_t first, Ledger& ledger);

  Options options_;
  NodePool::Random random_;
  Hooks hooks_;
  ChunkQueue& chunks_;
  DeliveryStats& stats_;
  SizeLimit size_limit_;
  std::vector<Kept> kept_;
  std::string blocked_reason_;
  bool is_full_ = false;  // where refused documents are kept
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_DOCUMENT_OUTCOMES_H_
