// SPDX-License-Identifier: GPL-2.0-or-later
//
// The bulk sink's side of what comes back: each answer becomes outcomes of documents, or a reason
// to send them again.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/backoff.h"
#include "elasticsearch/bulk_sink.h"

namespace espcap::elasticsearch {
namespace {

using std::chrono::milliseconds;

constexpr base::Backoff kItemWait{milliseconds{200}, milliseconds{20'000}};

}  // namespace

Result<void> BulkSink::Take(http::HttpClient::Finished finished, Ledger& ledger) {
  const auto found = std::find_if(requests_.begin(), requests_.end(), [&](const Request& request) {
    return request.ticket == finished.ticket;
  });
  if (found == requests_.end()) return {};  // it was given up
  std::list<Request> taken;
  taken.splice(taken.end(), requests_, found);
  Request& request = taken.front();
  if (!request.chunk) return TakeIdentity(request.node, finished);
  return TakeAnswer(request, finished, ledger);
}

Result<void> BulkSink::TakeIdentity(size_t at, const http::HttpClient::Finished& finished) {
  const http::NodeUrl& node = options_.nodes[at];
  const auto fail = [&](const std::string& reason) {
    SayRest(at, pool_.ProbeFailed(at, NodePool::Clock::now()), reason);
    return Result<void>();
  };
  if (!finished.response) return fail(finished.response.error().message);
  const http::HttpResponse& response = *finished.response;
  auto identity = IdentifyServer(response);
  if (response.status == http::kStatusTooManyRequests) {
    const auto rest = pool_.ProbeRefused(at, response.retry_after, NodePool::Clock::now());
    SayRest(at, rest, fmt::format("{}: {}", node.base, identity.error().message));
    return {};
  }
  if (!identity) {
    const std::string reason = fmt::format("{}: {}", node.base, identity.error().message);
    const bool is_about_credentials = response.status == 401 || response.status == 403;
    return is_about_credentials ? Fail("{}", reason) : fail(reason);
  }
  pool_.Identified(at);
  if (!std::exchange(prepared_, true)) hooks_.prepare(client_, node, *identity);
  return {};
}

Result<void> BulkSink::TakeAnswer(Request& request, const http::HttpClient::Finished& finished,
                                  Ledger& ledger) {
  const size_t at = request.node;
  NodeStats& stats = stats_.nodes[at];
  if (!finished.response) {
    const http::HttpFailure& failure = finished.response.error();
    stats.Count(failure.is_timeout ? RequestOutcome::kTimeout : RequestOutcome::kConnection,
                finished.took);
    MoveOn(request, std::nullopt,
           {failure.is_timeout ? RetryReason::kTimeout : RetryReason::kConnection, 0,
            failure.message, failure.is_timeout || failure.is_cut_off},
           ledger);
    return {};
  }
  const http::HttpResponse& response = *finished.response;
  const bool has_items = response.status == 200;
  const RequestVerdict verdict =
      DecideRequest(response.status, has_items ? std::string() : ErrorTypeOf(response));
  const std::string answered =
      fmt::format("{}/_bulk answered {}", options_.nodes[at].base, response.status);
  if (verdict.action == RequestAction::kReadItems) {
    const auto items = ParseBulkResponse(response.body, request.chunk->positions.size());
    stats.Count(items ? RequestOutcome::kAnswered : RequestOutcome::kMalformed, finished.took);
    if (items) return TakeItems(request, finished.took, *items, ledger);
    MoveOn(request, std::nullopt,
           {RetryReason::kMalformed, 0, fmt::format("{} ({})", answered, items.error().message)},
           ledger);
    return {};
  }
  stats.Count(verdict.outcome, finished.took);
  const Failure failure{verdict.reason, static_cast<int>(response.status),
                        fmt::format("{} ({})", answered, ReasonOf(response)),
                        verdict.reason == RetryReason::kTooManyRequests};
  switch (verdict.action) {
    case RequestAction::kReadItems:
      break;
    case RequestAction::kWait:
      pool_.Overloaded(at, response.retry_after, NodePool::Clock::now());
      SayProblem(at, failure.reason, "it gets less for a while");
      SendAgain(std::move(*request.chunk), failure, ledger);
      break;
    case RequestAction::kMoveOn:
      MoveOn(request, response.retry_after, failure, ledger);
      break;
    case RequestAction::kSplit:
    case RequestAction::kDivide:
      pool_.Dropped(at);
      TakeRefusal(request, verdict.action, response, ledger);
      break;
    case RequestAction::kStop:
      pool_.Dropped(at);
      waiting_.push_front(std::move(*request.chunk));
      return Fail("{}: the server refuses these credentials: the run ends here", failure.reason);
  }
  return {};
}

// The node is left alone for a while, and the documents go elsewhere.
void BulkSink::MoveOn(Request& request, std::optional<std::chrono::seconds> retry_after,
                      const Failure& failure, Ledger& ledger) {
  SayRest(request.node, pool_.Failed(request.node, retry_after, NodePool::Clock::now()),
          failure.reason);
  SendAgain(std::move(*request.chunk), failure, ledger);
}

// Too large, or with something in it that makes the server refuse the whole: smaller requests, down
// to single documents.
void BulkSink::TakeRefusal(Request& request, RequestAction action,
                           const http::HttpResponse& response, Ledger& ledger) {
  BulkChunk chunk = std::move(*request.chunk);
  const size_t bytes = request.body.text_bytes();
  const bool too_large = action == RequestAction::kSplit;
  if (chunk.positions.size() == 1) {
    const std::string reason =
        too_large ? fmt::format("too large for the server ({} bytes)", bytes) : ReasonOf(response);
    return DeadLetter(chunk.pending_batch,
                      {{chunk.positions.front(), static_cast<int>(response.status), reason}},
                      ledger);
  }
  if (too_large) {
    size_limit_.OnTooLarge(bytes);
    RetryStats& retries = stats_.Retries(RetryReason::kTooLarge);
    ++retries.requests;
    retries.documents += chunk.positions.size();
  }
  PutFirst(Split(chunk, bytes / 2));
}

Result<void> BulkSink::TakeItems(Request& request, std::chrono::duration<double> took,
                                 const std::vector<ItemResult>& items, Ledger& ledger) {
  const size_t node = request.node;
  const BulkChunk& chunk = *request.chunk;
  pool_.Answered(node, request.body.text_bytes(), took);
  size_limit_.OnTaken(request.body.text_bytes());
  BulkChunk again{chunk.pending_batch, {}, chunk.failures};
  const ItemResult* reason_to_wait = nullptr;
  Result<void> outcome = {};
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
        outcome = Fail("{}/_bulk: a document was refused with {} ({}): the run ends here",
                       options_.nodes[node].base, item.status, item.reason);
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
  if (reason_to_wait != nullptr) {
    pool_.Slowed(node);
    SayProblem(
        node,
        fmt::format("{}/_bulk: documents are refused for now with {} ({})",
                    options_.nodes[node].base, reason_to_wait->status, reason_to_wait->reason),
        "they are sent again");
    // A server that takes a part of them each time isn't to be waited for longer each time.
    again.attempts_without_progress = there > 0 ? 0 : chunk.attempts_without_progress;
    again.not_before =
        NodePool::Clock::now() + kItemWait.Wait(again.attempts_without_progress + 1, random_());
    SendAgain(std::move(again),
              {reason_to_wait->verdict.reason, reason_to_wait->status, reason_to_wait->reason},
              ledger);
  } else if (!std::exchange(problems_[node], {}).empty()) {
    hooks_.warn(options_.nodes[node].base + " takes documents again");
  }
  const auto pending_batch = chunk.pending_batch;
  if (!refusals.empty()) DeadLetter(pending_batch, refusals, ledger);
  if (there > 0) CountSettled(pending_batch, there);
  return outcome;
}

// Once, until the node has taken documents again.
void BulkSink::SayProblem(size_t node, const std::string& reason, const std::string& consequence) {
  if (!std::exchange(problems_[node], reason).empty() || !connected_) return;
  hooks_.warn(fmt::format("{}; {}", reason, consequence));
}

void BulkSink::SayRest(size_t node, NodePool::Rest rest, const std::string& reason) {
  if (rest) SayProblem(node, reason, "it is left alone for a while, then asked again");
}

// What has been tried too often is kept as refused.
void BulkSink::SendAgain(BulkChunk chunk, const Failure& failure, Ledger& ledger) {
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
    return DeadLetter(chunk.pending_batch, refusals, ledger);
  }
  RetryStats& retries = stats_.Retries(failure.why);
  ++retries.requests;
  retries.documents += chunk.positions.size();
  const bool is_halved =
      failure.may_be_too_much && chunk.attempts_without_progress % kTriesPerSize == 0;
  if (!is_halved || chunk.positions.size() == 1) {
    waiting_.push_front(std::move(chunk));
    return;
  }
  const size_t bytes = TextBytes(chunk);
  size_limit_.OnTooMuch(bytes);
  PutFirst(Split(chunk, bytes / 2));
}

void BulkSink::PutFirst(std::vector<BulkChunk> chunks) {
  waiting_.insert(waiting_.begin(), std::make_move_iterator(chunks.begin()),
                  std::make_move_iterator(chunks.end()));
}

void BulkSink::DeadLetter(std::list<PendingBatch>::iterator pending_batch,
                          const std::vector<Refusal>& refusals, Ledger& ledger) {
  const Batch& batch = pending_batch->batch;
  for (const Refusal& refusal : refusals) {
    hooks_.report(fmt::format("{}: packet {}: refused with {}: {}", *batch.source,
                              batch.documents[refusal.position].frame_number, refusal.status,
                              refusal.reason));
  }
  if (auto kept = hooks_.keep_refused(batch, refusals); kept) {
    ledger.dead_lettered += refusals.size();
  } else {
    hooks_.report(fmt::format("{} documents are lost: {}", refusals.size(), kept.error().message));
    ledger.failed += refusals.size();
    pending_batch->delivered = false;
  }
  CountSettled(pending_batch, refusals.size());
}

void BulkSink::CountSettled(std::list<PendingBatch>::iterator pending_batch, size_t documents) {
  pending_batch->open -= documents;
  if (pending_batch->open > 0) return;
  ++stats_.batches;
  const uint32_t slot = pending_batch->batch.slot;
  const bool delivered = pending_batch->delivered;
  pending_batches_.erase(pending_batch);
  Settle(slot, delivered);
}

}  // namespace espcap::elasticsearch
