// SPDX-License-Identifier: GPL-2.0-or-later
//
// The bulk sink's side of what comes back: each answer becomes outcomes of documents, or a reason
// to send them again.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "elasticsearch/bulk_sink.h"
#include "elasticsearch/elasticsearch.h"

namespace espcap::elasticsearch {
namespace {

constexpr const char* kLeftAlone = "it is left alone for a while, then asked again";

// Of a request without an answer that can be used.
struct NoAnswer {
  RequestOutcome outcome;
  RetryReason reason;
};
NoAnswer KindOf(const http::HttpFailure& failure) {
  if (failure.is_too_long) return {RequestOutcome::kMalformed, RetryReason::kMalformed};
  if (failure.is_timeout) return {RequestOutcome::kTimeout, RetryReason::kTimeout};
  return {RequestOutcome::kConnection, RetryReason::kConnection};
}

// The node is left alone for a while, and the documents go elsewhere.
void MoveOn(size_t node, BulkChunk chunk, std::optional<std::chrono::seconds> retry_after,
            const DeliveryFailure& failure, NodePool& pool, NodeReports& reports,
            DocumentOutcomes& outcomes) {
  if (pool.Failed(node, retry_after, NodePool::Clock::now())) {
    reports.Problem(node, failure.reason, kLeftAlone);
  }
  outcomes.SendAgain(std::move(chunk), failure);
}

// A node refuses our credentials.
Result<void> HandleUnauthorized(size_t at, const std::string& reason,
                                CredentialRenewal& credentials, NodePool& pool,
                                NodeReports& reports) {
  const auto consequence = credentials.Refused(reason);
  if (!consequence) {
    pool.Dropped(at);
    return tl::unexpected(consequence.error());
  }
  pool.Unauthorized(at, NodePool::Clock::now());
  reports.Problem(at, reason, *consequence);
  return {};
}

}  // namespace

Result<void> BulkSink::HandleIdentity(size_t at, const http::HttpClient::Finished& finished) {
  const http::NodeUrl& node = options_.nodes[at];
  const Time now = NodePool::Clock::now();
  const auto fail = [&](const std::string& reason, bool may_pass) {
    may_pass_[at] = may_pass;
    if (pool_.ProbeFailed(at, now)) reports_.Problem(at, reason, kLeftAlone);
    return Result<void>();
  };
  if (!finished.response) {
    const http::HttpFailure& failure = finished.response.error();
    return fail(failure.message, failure.is_timeout);
  }
  const http::HttpResponse& response = *finished.response;
  auto identity = IdentifyServer(response);
  if (MayPass(response)) {
    const std::string reason = fmt::format("{}: {}", node.base, identity.error().message);
    if (response.status != http::kStatusTooManyRequests) return fail(reason, true);
    may_pass_[at] = true;
    if (pool_.ProbeRefused(at, response.retry_after, now)) {
      reports_.Problem(at, reason, kLeftAlone);
    }
    return {};
  }
  if (!identity) {
    const std::string reason = fmt::format("{}: {}", node.base, identity.error().message);
    const bool is_about_credentials = response.status == 401 || response.status == 403;
    if (!is_about_credentials) return fail(reason, false);
    may_pass_[at] = true;
    return HandleUnauthorized(at,
                              fmt::format("{}: GET / was refused with {}: {}", node.base,
                                          response.status, identity.error().message),
                              credentials_, pool_, reports_);
  }
  pool_.Identified(at);
  if (preparation_.state() != Preparation::State::kUnbegun) return {};
  identity_ = *identity;
  preparation_.Begin(identity_);
  if (preparation_.done()) hooks_.prepared(node, identity_, preparation_);
  return {};
}

Result<void> BulkSink::HandlePreparation(size_t at, const http::HttpClient::Finished& finished) {
  const Time now = NodePool::Clock::now();
  const http::NodeUrl& node = options_.nodes[at];
  if (!finished.response) {
    const http::HttpFailure& failure = finished.response.error();
    preparation_.HandleFailure(failure.message, failure.is_too_long, now);
    if (pool_.Failed(at, std::nullopt, now)) {
      reports_.Problem(at, failure.message, kLeftAlone);
    }
    return {};
  }
  pool_.Dropped(at);
  const bool was_done = preparation_.done();
  switch (preparation_.HandleResponse(*finished.response, now)) {
    case Preparation::Outcome::kRefused:
      if (finished.response->status == 401 && !options_.meanwhile.empty()) {
        static_cast<void>(credentials_.Refused(preparation_.problem()));
      }
      if (options_.meanwhile.empty()) {
        return Fail("{}: {}", node.base, preparation_.problem());
      }
      [[fallthrough]];
    case Preparation::Outcome::kAgain:
      reports_.Problem(at, fmt::format("{}: {}", node.base, preparation_.problem()),
                       "no document is sent before it succeeds; asked again");
      return {};
    case Preparation::Outcome::kProgress:
      break;
  }
  if (const int fd = preparation_.maker_fd(); fd >= 0) maker_readable_.emplace(loop_, fd);
  if (preparation_.done()) {
    reports_.Recovered(at, node.base);
    if (!was_done) hooks_.prepared(node, identity_, preparation_);
  }
  return {};
}

// Asked once more where the node fails or is busy; sent as it is where there is nothing to know.
Result<void> BulkSink::OnLookedUp(std::list<Request> taken,
                                  const http::HttpClient::Finished& finished, Ledger& ledger) {
  Request& request = taken.front();
  if (!finished.response) {
    const http::HttpFailure& failure = finished.response.error();
    MoveOn(request.node, std::move(*request.chunk), std::nullopt,
           {KindOf(failure).reason, 0, failure.message}, pool_, reports_, outcomes_);
    return {};
  }
  const http::HttpResponse& response = *finished.response;
  const std::string answered =
      fmt::format("{}: the search for documents that may have landed was answered with {}",
                  options_.nodes[request.node].base, response.status);
  if (MayPass(response)) {
    MoveOn(request.node, std::move(*request.chunk), response.retry_after,
           {RetryReason::kUnavailable, static_cast<int>(response.status), answered}, pool_,
           reports_, outcomes_);
    return {};
  }
  if (response.status == 401) {
    chunks_.PutFirst(std::move(*request.chunk));
    return HandleUnauthorized(request.node, answered, credentials_, pool_, reports_);
  }
  request.lookup->OnAnswer(response);
  if (const auto next = request.lookup->NextRequest()) {
    request.ticket = client_.Start(options_.nodes[request.node], *next);
    requests_.splice(requests_.end(), taken);
    return {};
  }
  pool_.Dropped(request.node);
  request.chunk->is_uncertain = false;
  auto left = outcomes_.CountLanded(std::move(*request.chunk), request.lookup->landed(), ledger);
  if (left) chunks_.PutFirst(std::move(*left));
  return {};
}

Result<void> BulkSink::HandleAnswer(Request& request, const http::HttpClient::Finished& finished,
                                    Ledger& ledger) {
  const size_t at = request.node;
  NodeStats& stats = stats_.nodes[at];
  if (!finished.response) {
    const http::HttpFailure& failure = finished.response.error();
    const NoAnswer kind = KindOf(failure);
    stats.Count(kind.outcome, finished.took);
    const bool may_be_too_much = failure.is_timeout || failure.is_cut_off || failure.is_too_long;
    request.chunk->is_uncertain = true;
    MoveOn(request.node, std::move(*request.chunk), std::nullopt,
           {kind.reason, 0, failure.message, may_be_too_much}, pool_, reports_, outcomes_);
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
    if (items) return HandleItems(request, finished.took, *items, ledger);
    request.chunk->is_uncertain = true;
    // It can be what a single document's outcome says, or that there are that many.
    MoveOn(
        request.node, std::move(*request.chunk), std::nullopt,
        {RetryReason::kMalformed, 0, fmt::format("{} ({})", answered, items.error().message), true},
        pool_, reports_, outcomes_);
    return {};
  }
  stats.Count(verdict.outcome, finished.took);
  const DeliveryFailure failure{verdict.reason, static_cast<int>(response.status),
                                fmt::format("{} ({})", answered, ReasonOf(response)),
                                verdict.reason == RetryReason::kTooManyRequests};
  switch (verdict.action) {
    case RequestAction::kReadItems:
      break;
    case RequestAction::kWait:
      pool_.Overloaded(at, response.retry_after, NodePool::Clock::now());
      reports_.Problem(at, failure.reason, "it gets less for a while");
      outcomes_.SendAgain(std::move(*request.chunk), failure);
      break;
    case RequestAction::kMoveOn:
      request.chunk->is_uncertain = true;  // a proxy may have lost the server's
      MoveOn(request.node, std::move(*request.chunk), response.retry_after, failure, pool_,
             reports_, outcomes_);
      break;
    case RequestAction::kSplit:
    case RequestAction::kDivide:
      pool_.Dropped(at);
      outcomes_.HandleRefusal(std::move(*request.chunk), request.body.text_bytes(),
                              verdict.action == RequestAction::kSplit,
                              static_cast<int>(response.status), ReasonOf(response));
      break;
    case RequestAction::kUnauthorized:
      chunks_.PutFirst(std::move(*request.chunk));
      return HandleUnauthorized(at, failure.reason, credentials_, pool_, reports_);
  }
  return {};
}

Result<void> BulkSink::HandleItems(Request& request, std::chrono::duration<double> took,
                                   const std::vector<ItemResult>& items, Ledger& ledger) {
  const size_t node = request.node;
  const std::string& name = options_.nodes[node].base;
  const auto [waits, unauthorized] =
      outcomes_.HandleItems(*request.chunk, request.body.text_bytes(), items, ledger);
  if (unauthorized) {
    return HandleUnauthorized(node,
                              fmt::format("{}/_bulk: a document was refused with {} ({})", name,
                                          unauthorized->status, unauthorized->reason),
                              credentials_, pool_, reports_);
  }
  credentials_.Accepted();
  pool_.Answered(node, request.body.text_bytes(), took);
  if (!waits) {
    reports_.Recovered(node, name);
    return {};
  }
  pool_.Slowed(node);
  reports_.Problem(node,
                   fmt::format("{}/_bulk: documents are refused for now with {} ({})", name,
                               waits->status, waits->reason),
                   "they are sent again");
  return {};
}

}  // namespace espcap::elasticsearch
