// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/document_outcomes.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/backoff.h"

namespace espcap::elasticsearch {
namespace {

using std::chrono::milliseconds;

constexpr base::Backoff kItemWait{milliseconds{200}, milliseconds{20'000}};
// Refused documents are sent again this often while there is no room for them elsewhere.
constexpr milliseconds kFullWait{5'000};
constexpr const char* kFull =
    "the file of dead letters is full, and documents that the server refuses {}; "
    "'espcap resend' empties it, --dead-letters-bytes makes it larger";

const char* Consequence(DocumentOutcomes::WhenFull when_full) {
  switch (when_full) {
    case DocumentOutcomes::WhenFull::kWait:
      return "wait for room in it";
    case DocumentOutcomes::WhenFull::kDrop:
      return "are dropped";
    case DocumentOutcomes::WhenFull::kStop:
      return "end the run";
  }
  return "";
}

}  // namespace

DocumentOutcomes::DocumentOutcomes(const Options& options, NodePool::Random random, Hooks hooks,
                                   ChunkQueue& chunks, DeliveryStats& stats)
    : options_(options),
      random_(std::move(random)),
      hooks_(std::move(hooks)),
      chunks_(chunks),
      stats_(stats) {}

DocumentOutcomes::Answered DocumentOutcomes::HandleItems(const BulkChunk& chunk, size_t text_bytes,
                                                         const std::vector<ItemResult>& items,
                                                         Ledger& ledger) {
  size_limit_.OnTaken(text_bytes);
  BulkChunk again{chunk.pending_batch, {}, chunk.failures};
  again.is_told = chunk.is_told;
  const ItemResult* reason_to_wait = nullptr;
  const ItemResult* unauthorized = nullptr;
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
      case ItemAction::kUnauthorized:
        again.positions.push_back(position);
        unauthorized = &item;
        break;
      case ItemAction::kRetry:
      case ItemAction::kRetryBriefly:
        again.positions.push_back(position);
        if (reason_to_wait == nullptr || item.verdict.reason == RetryReason::kBlocked) {
          reason_to_wait = &item;
        }
        break;
      case ItemAction::kDead:
        refusals.push_back({position, item.status, item.reason});
    }
  }
  // Refused again while there was no room: CountKept() knows whether there is now.
  if (chunk.is_blocked && (refusals.empty() || !is_full_)) {
    blocked_reason_.clear();
    is_full_ = false;
  }
  const auto pending_batch = chunk.pending_batch;
  Answered answered;
  if (unauthorized != nullptr) {
    answered.unauthorized = *unauthorized;
    chunks_.PutFirst(std::move(again));
  } else if (reason_to_wait != nullptr) {
    const ItemResult& waits = answered.waits.emplace(*reason_to_wait);
    // A server that takes a part of them each time isn't to be waited for longer each time.
    again.attempts_without_progress = there > 0 ? 0 : chunk.attempts_without_progress;
    again.not_before = std::chrono::steady_clock::now() +
                       kItemWait.Wait(again.attempts_without_progress + 1, random_());
    SendAgain(std::move(again), {waits.verdict.reason, waits.status, waits.reason});
  }
  if (!refusals.empty()) DeadLetter(chunk, std::move(refusals));
  if (there > 0) chunks_.CountSettled(pending_batch, there);
  return answered;
}

std::optional<BulkChunk> DocumentOutcomes::CountLanded(BulkChunk chunk,
                                                       const std::vector<bool>& landed,
                                                       Ledger& ledger) {
  std::vector<uint32_t> left;
  for (size_t place = 0; place < chunk.positions.size(); ++place) {
    if (!landed[place]) left.push_back(chunk.positions[place]);
  }
  const size_t there = chunk.positions.size() - left.size();
  const auto pending_batch = chunk.pending_batch;
  chunk.positions = std::move(left);
  ledger.already_there += there;
  if (there > 0) chunks_.CountSettled(pending_batch, there);
  if (chunk.positions.empty()) return std::nullopt;
  return chunk;
}

void DocumentOutcomes::HandleRefusal(BulkChunk chunk, size_t text_bytes, bool too_large, int status,
                                     const std::string& reason) {
  if (chunk.positions.size() == 1) {
    return DeadLetter(
        chunk,
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
  chunk.is_blocked = failure.why == RetryReason::kBlocked;
  if (chunk.is_blocked) blocked_reason_ = failure.reason;
  ++chunk.failures;
  ++chunk.attempts_without_progress;
  if (options_.max_retries && chunk.failures > *options_.max_retries) {
    std::vector<Refusal> refusals;
    refusals.reserve(chunk.positions.size());
    for (const uint32_t position : chunk.positions) {
      refusals.push_back(
          {position, failure.status,
           fmt::format("given up after {} tries: {}", chunk.failures, failure.reason)});
    }
    return DeadLetter(chunk, std::move(refusals));
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

// Told before they are kept, since another program may have the file locked for long.
void DocumentOutcomes::DeadLetter(const BulkChunk& chunk, std::vector<Refusal> refusals) {
  const Batch& batch = chunk.batch();
  for (const Refusal& refusal : refusals) {
    if (chunk.is_told) break;
    hooks_.report(fmt::format("{}: packet {}: refused with {}: {}", *batch.source,
                              batch.documents[refusal.position].frame_number, refusal.status,
                              refusal.reason));
  }
  const auto shared = std::make_shared<std::vector<Refusal>>(std::move(refusals));
  hooks_.keep_refused(batch, *shared,
                      [this, pending_batch = chunk.pending_batch, shared](Result<size_t> result) {
                        kept_.push_back({pending_batch, std::move(*shared), std::move(result)});
                      });
}

Result<void> DocumentOutcomes::CountKept(Ledger& ledger) {
  const bool was_full = is_full_;
  bool must_stop = false;
  for (const Kept& kept : std::exchange(kept_, {})) {
    const size_t refused = kept.refusals.size();
    const size_t settled = kept.result.value_or(refused);
    if (kept.result) {
      ledger.dead_lettered += settled;
    } else {
      hooks_.report(fmt::format("{} documents are lost: {}", refused, kept.result.error().message));
      ledger.failed += refused;
    }
    Delivery& delivery = kept.pending_batch->delivery;
    if (!kept.result) delivery = Delivery::kFailed;
    if (settled > 0) delivery = std::min(delivery, Delivery::kDeadLettered);
    is_full_ = settled < refused;
    if (is_full_) HandleUnkept(kept, settled, ledger);
    const bool is_dropped = is_full_ && options_.when_full == WhenFull::kDrop;
    must_stop |= is_full_ && options_.when_full == WhenFull::kStop;
    chunks_.CountSettled(kept.pending_batch, is_dropped ? refused : settled);
  }
  if (was_full && !is_full_) blocked_reason_.clear();
  if (!is_full_) return {};
  blocked_reason_ = fmt::format(kFull, Consequence(options_.when_full));
  if (must_stop) return Fail("{}", blocked_reason_);
  if (!was_full) hooks_.warn(blocked_reason_);
  return {};
}

void DocumentOutcomes::HandleUnkept(const Kept& kept, size_t first, Ledger& ledger) {
  if (options_.when_full == WhenFull::kDrop) {
    ledger.dropped += kept.refusals.size() - first;
    kept.pending_batch->delivery = Delivery::kFailed;
    return;
  }
  BulkChunk again{kept.pending_batch, {}};
  for (size_t i = first; i < kept.refusals.size(); ++i) {
    again.positions.push_back(kept.refusals[i].position);
  }
  again.is_blocked = true;
  again.is_told = true;
  again.not_before = std::chrono::steady_clock::now() + kFullWait;
  chunks_.PutFirst(std::move(again));
}

}  // namespace espcap::elasticsearch
