// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/document_outcomes.h"

#include <fmt/format.h>

#include <utility>

#include "base/backoff.h"

namespace espcap::elasticsearch {
namespace {

using std::chrono::milliseconds;

constexpr base::Backoff kItemWait{milliseconds{200}, milliseconds{20'000}};

}  // namespace

DocumentOutcomes::DocumentOutcomes(std::optional<uint32_t> max_retries, NodePool::Random random,
                                   Hooks hooks, ChunkQueue& chunks, DeliveryStats& stats)
    : max_retries_(max_retries),
      random_(std::move(random)),
      hooks_(std::move(hooks)),
      chunks_(chunks),
      stats_(stats) {}

Result<std::optional<ItemResult>> DocumentOutcomes::TakeItems(const BulkChunk& chunk,
                                                              size_t text_bytes,
                                                              const std::vector<ItemResult>& items,
                                                              Ledger& ledger) {
  size_limit_.OnTaken(text_bytes);
  BulkChunk again{chunk.pending_batch, {}, chunk.failures};
  const ItemResult* reason_to_wait = nullptr;
  const ItemResult* reason_to_stop = nullptr;
  std::vector<Refusal> refusals;
  size_t there = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    const ItemResult& item = items[i];
    const uint32_t position = chunk.positions[i];
    ItemAction action = item.verdict.action;
    if (action == ItemAction::kRetryBriefly) {
      action = chunk.failures < kBriefRetries ? ItemAction::kRetry : ItemAction::kDead;
    }
    switch (action) {
      case ItemAction::kIndexed:
        ++ledger.indexed;
        ++there;
        break;
      case ItemAction::kAlreadyThere:
        ++ledger.already_there;
        ++there;
        break;
      case ItemAction::kStop:
        reason_to_stop = &item;
        [[fallthrough]];
      case ItemAction::kRetry:
      case ItemAction::kRetryBriefly:
        again.positions.push_back(position);
        reason_to_wait = &item;
        break;
      case ItemAction::kDead:
        refusals.push_back({position, item.status, item.reason});
    }
  }
  const auto pending_batch = chunk.pending_batch;
  std::optional<ItemResult> waits;
  if (reason_to_wait != nullptr) {
    waits = *reason_to_wait;
    // A server that takes a part of them each time isn't to be waited for longer each time.
    again.attempts_without_progress = there > 0 ? 0 : chunk.attempts_without_progress;
    again.not_before = std::chrono::steady_clock::now() +
                       kItemWait.Wait(again.attempts_without_progress + 1, random_());
    SendAgain(std::move(again), {waits->verdict.reason, waits->status, waits->reason});
  }
  if (!refusals.empty()) DeadLetter(pending_batch, refusals);
  if (there > 0) chunks_.CountSettled(pending_batch, there);
  if (reason_to_stop != nullptr) {
    return Fail("a document was refused with {} ({}): the run ends here", reason_to_stop->status,
                reason_to_stop->reason);
  }
  return waits;
}

void DocumentOutcomes::TakeRefusal(BulkChunk chunk, size_t text_bytes, bool too_large, int status,
                                   const std::string& reason) {
  if (chunk.positions.size() == 1) {
    return DeadLetter(
        chunk.pending_batch,
        {{chunk.positions.front(), status,
          too_large ? fmt::format("too large for the server ({} bytes)", text_bytes) : reason}});
  }
  if (too_large) {
    size_limit_.OnTooLarge(text_bytes);
    RetryStats& retries = stats_.Retries(RetryReason::kTooLarge);
    ++retries.requests;
    retries.documents += chunk.positions.size();
  }
  chunks_.PutFirst(Split(chunk, text_bytes / 2));
}

void DocumentOutcomes::SendAgain(BulkChunk chunk, const DeliveryFailure& failure) {
  ++chunk.failures;
  ++chunk.attempts_without_progress;
  if (max_retries_ && chunk.failures > *max_retries_) {
    std::vector<Refusal> refusals;
    refusals.reserve(chunk.positions.size());
    for (const uint32_t position : chunk.positions) {
      refusals.push_back(
          {position, failure.status,
           fmt::format("given up after {} tries: {}", chunk.failures, failure.reason)});
    }
    return DeadLetter(chunk.pending_batch, refusals);
  }
  RetryStats& retries = stats_.Retries(failure.why);
  ++retries.requests;
  retries.documents += chunk.positions.size();
  const bool is_halved =
      failure.may_be_too_much && chunk.attempts_without_progress % kTriesPerSize == 0;
  if (!is_halved || chunk.positions.size() == 1) return chunks_.PutFirst(std::move(chunk));
  const size_t bytes = TextBytes(chunk);
  size_limit_.OnTooMuch(bytes);
  chunks_.PutFirst(Split(chunk, bytes / 2));
}

void DocumentOutcomes::DeadLetter(std::list<PendingBatch>::iterator pending_batch,
                                  const std::vector<Refusal>& refusals) {
  const Batch& batch = pending_batch->batch;
  for (const Refusal& refusal : refusals) {
    hooks_.report(fmt::format("{}: packet {}: refused with {}: {}", *batch.source,
                              batch.documents[refusal.position].frame_number, refusal.status,
                              refusal.reason));
  }
  hooks_.keep_refused(batch, refusals,
                      [this, pending_batch, documents = refusals.size()](Result<void> result) {
                        kept_.push_back({pending_batch, documents, std::move(result)});
                      });
}

void DocumentOutcomes::CountKept(Ledger& ledger) {
  for (const Kept& kept : std::exchange(kept_, {})) {
    if (kept.result) {
      ledger.dead_lettered += kept.documents;
    } else {
      hooks_.report(
          fmt::format("{} documents are lost: {}", kept.documents, kept.result.error().message));
      ledger.failed += kept.documents;
      kept.pending_batch->delivered = false;
    }
    chunks_.CountSettled(kept.pending_batch, kept.documents);
  }
}

}  // namespace espcap::elasticsearch
