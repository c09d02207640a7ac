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

Result<void> BulkSink::HandleAnswer(Request& request, const http::HttpClient::Finished& finished,
                                    Ledger& ledger) {
  const size_t at = request.node;
  NodeStats& stats = stats_.nodes[at];
  if (!finished.response) {
    const http::HttpFailure& failure = finished.response.error();
    const NoAnswer kind = KindOf(failure);
    stats.Count(kind.outcome, finished.took);
    const bool may_be_too_much = failure.is_timeout || failure.is_cut_off || failure.is_too_long;
    MoveOn(request, std::nullopt, {kind.reason, 0, failure.message, may_be_too_much});
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
    // It can be what a single document's outcome says, or that there are that many.
    MoveOn(request, std::nullopt,
           {RetryReason::kMalformed, 0, fmt::format("{} ({})", answered, items.error().message),
            true});
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
      MoveOn(request, response.retry_after, failure);
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

void BulkSink::MoveOn(Request& request, std::optional<std::chrono::seconds> retry_after,
                      const DeliveryFailure& failure) {
  if (pool_.Failed(request.node, retry_after, NodePool::Clock::now())) {
    reports_.Problem(request.node, failure.reason, kLeftAlone);
  }
  outcomes_.SendAgain(std::move(*request.chunk), failure);
}

}  // namespace espcap::elasticsearch
