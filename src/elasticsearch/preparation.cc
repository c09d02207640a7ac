// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/preparation.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace espcap::elasticsearch {
namespace {

// Lucene takes terms of 32,766 bytes, and the value's path is a part of its term.
constexpr uint64_t kFlatObjectBytes = uint64_t{16} << 10U;
// Then a question is skipped whose answers can't be read, or, while documents wait for it, that
// gets none.
constexpr uint32_t kMaxUnreadable = 5;
constexpr uint32_t kMaxTries = 3;

std::string_view WayOut(std::string_view reason) {
  const bool is_conflict = reason.find("same priority") != std::string_view::npos;
  return is_conflict ? "--template-priority N gives it another, --no-template sends without one"
                     : "--no-template sends without one";
}

DocumentNeeds NeedsOf(const IndexState& index_state, const Preparation::Options& options,
                      schema::Dialect dialect) {
  const bool is_narrow = index_state.has_flat_object && dialect == schema::Dialect::kOpenSearch;
  return {.value_bytes = options.learn_value_limit && is_narrow ? kFlatObjectBytes : 0,
          .timestamp = index_state.wants_timestamp && !options.has_timestamp};
}

void Append(std::vector<std::string>& messages, std::vector<std::string> more) {
  messages.insert(messages.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

std::string Answered(const http::HttpResponse& response) {
  return fmt::format("{} ({})", response.status, ReasonOf(response));
}

IndexInquiry FirstInquiry(const Preparation::Options& options) {
  return IndexInquiry({options.index, options.pipeline, true});
}

}  // namespace

schema::Dialect DialectOf(const ServerIdentity& identity) {
  return identity.name == "OpenSearch" ? schema::Dialect::kOpenSearch
                                       : schema::Dialect::kElasticsearch;
}

void Preparation::Begin(const ServerIdentity& identity) {
  if (state_ != State::kUnbegun) return;
  dialect_ = DialectOf(identity);
  labels_ = schema::LabelTypeOf(dialect_, identity.version);
  inquiry_.emplace(FirstInquiry(options_));
  state_ = State::kAsking;
  if (inquiry_->done()) Continue();
}

void Preparation::AddIndex(std::string_view index) {
  if (options_.index.empty() || index == options_.index) return;
  if (!names_.Add(index)) {
    warnings_.push_back(
        fmt::format("index {}: the server is asked about {} names of indices at most", index,
                    IndexNames::kMax));
  }
  if (state_ == State::kDone) Continue();
}

void Preparation::Continue() {
  const bool may_update = state_ == State::kAsking || state_ == State::kPutting;
  if (may_update && options_.install_template && options_.has_provenance &&
      !options_.index.empty()) {
    // What earlier releases have made lacks fields of this one.
    update_.Start(inquiry_->index_state(), {labels_, options_.label_keys});
    if (!update_.done()) {
      state_ = State::kUpdating;
      return;
    }
  }
  if (!is_done_ && !update_.updated().empty()) {
    template_outcome_ = update_.updated() + " is there, and has the fields of --provenance now";
  }
  is_done_ = true;
  auto name = names_.Next();
  state_ = name ? State::kAsking : State::kDone;
  if (name) inquiry_.emplace(IndexInquiry::Options{std::move(*name), options_.pipeline, false});
}

std::optional<http::HttpRequest> Preparation::NextRequest(Time now) const {
  if (now < attempts_.next()) return std::nullopt;
  if (state_ == State::kAsking) return inquiry_->NextRequest();
  if (state_ == State::kPutting) return install_.NextRequest();
  if (state_ == State::kUpdating) return update_.NextRequest();
  return std::nullopt;
}

std::optional<Preparation::Time> Preparation::NextTime(Time now) const {
  const bool waits =
      state_ == State::kAsking || state_ == State::kPutting || state_ == State::kUpdating;
  return waits && attempts_.next() > now ? std::optional(attempts_.next()) : std::nullopt;
}

Preparation::Outcome Preparation::HandleResponse(const http::HttpResponse& response, Time now) {
  auto outcome = Outcome::kProgress;
  if (state_ == State::kAsking) {
    outcome = HandleAnswer(response, now);
  } else if (state_ == State::kPutting) {
    outcome = HandlePut(response, now);
  } else if (state_ == State::kUpdating) {
    if (MayPass(response) && attempts_.failures() + 1 < kMaxTries) {
      attempts_.Failed(fmt::format("{}: {}", update_.Question(), Answered(response)),
                       response.retry_after, now);
      return Outcome::kAgain;
    }
    update_.HandleResponse(response);
    Append(warnings_, update_.DrainWarnings());
    if (update_.done()) Continue();
  }
  if (outcome != Outcome::kProgress) return outcome;
  attempts_.Succeeded();
  return outcome;
}

Preparation::Outcome Preparation::HandleAnswer(const http::HttpResponse& response, Time now) {
  const std::string question = inquiry_->Question();
  const std::string answered = Answered(response);
  if (MayPass(response)) {
    // Documents wait meanwhile, which the server may accept.
    if (!is_done_ || attempts_.failures() + 1 < kMaxTries) {
      attempts_.Failed(question + ": " + answered, response.retry_after, now);
      return Outcome::kAgain;
    }
    SkipQuestion(answered);
  } else if (response.status != 200 && response.status != 404 && response.status != 405) {
    SkipQuestion(answered);
  } else if (auto taken = inquiry_->HandleResponse(response); !taken) {
    if (attempts_.failures() + 1 < kMaxUnreadable) {
      attempts_.Failed(question + ": " + taken.error().message, response.retry_after, now);
      return Outcome::kAgain;
    }
    SkipQuestion(taken.error().message);
  }
  return inquiry_->done() ? HandleIndexState(now) : Outcome::kProgress;
}

void Preparation::SkipQuestion(const std::string& reason) {
  if (skipped_.insert(inquiry_->topic()).second) {
    warnings_.push_back(
        fmt::format("{}: {}; espcap continues without the answer", inquiry_->Question(), reason));
  }
  inquiry_->Skip();
}

// What an index meets is known: the first decides what is installed.
Preparation::Outcome Preparation::HandleIndexState(Time now) {
  const IndexState& index_state = inquiry_->index_state();
  if (std::string obstacle = Obstacle(index_state, options_.pipeline); !obstacle.empty()) {
    if (!is_done_) {
      attempts_.Failed(std::move(obstacle), std::nullopt, now);
      inquiry_.emplace(FirstInquiry(options_));
      return Outcome::kRefused;
    }
    warnings_.push_back(std::move(obstacle));
  }
  found_.has_data_stream = found_.has_data_stream || index_state.wants_timestamp;
  const DocumentNeeds needs = NeedsOf(index_state, options_, dialect_);
  if (is_done_ && needs.timestamp && !found_.needs.timestamp) {
    warnings_.push_back(fmt::format(
        "index {}: it is a data stream, and documents have no @timestamp; --ecs adds one",
        index_state.index));
  }
  if (!is_done_) found_.needs = needs;
  if (options_.install_template && !options_.index.empty()) {
    const InstallPlan plan = is_done_ ? InstallPlan() : PlanInstall(index_state, options_.own);
    if (plan.installs) {
      state_ = State::kMaking;
      install_.Start(dialect_, labels_, plan.makes_data_stream, plan.only_if_missing);
      return Outcome::kProgress;
    }
    install_.Skip();
    if (!is_done_) template_outcome_ = plan.reason;
    Append(warnings_, Shortcomings(index_state, options_.own, false));
  }
  Continue();
  return Outcome::kProgress;
}

Result<void> Preparation::CollectTemplate() {
  if (state_ != State::kMaking) return {};
  auto made = install_.CollectMade();
  if (!made) return tl::unexpected(made.error());
  if (*made) state_ = State::kPutting;
  return {};
}

Preparation::Outcome Preparation::HandlePut(const http::HttpResponse& response, Time now) {
  if (install_.HandleResponse(response)) {
    if (!install_.done()) return Outcome::kProgress;
    const bool was_there = install_.was_there();
    template_outcome_ = was_there ? "already there" : "installed as " + options_.own.name;
    Append(warnings_, Shortcomings(inquiry_->index_state(), options_.own, !was_there));
    Continue();
    return Outcome::kProgress;
  }
  const std::string reason = ReasonOf(response);
  std::string problem = fmt::format("install the template {}: {} ({})", install_.next_name(),
                                    response.status, reason);
  const bool may_pass = MayPass(response);
  if (!may_pass) problem += fmt::format("; {}", WayOut(reason));
  attempts_.Failed(std::move(problem), response.retry_after, now);
  return may_pass ? Outcome::kAgain : Outcome::kRefused;
}

void Preparation::HandleFailure(const std::string& reason, bool is_too_long, Time now) {
  const uint32_t most = is_too_long ? kMaxUnreadable : kMaxTries;
  const bool is_needed = state_ != State::kUpdating;
  const bool may_skip = !is_needed || (state_ == State::kAsking && (is_too_long || is_done_));
  if (!may_skip || attempts_.failures() + 1 < most) {
    return attempts_.Failed(attempts_.problem(), std::nullopt, now);
  }
  if (!is_needed) {
    update_.Skip(reason);
    Append(warnings_, update_.DrainWarnings());
    attempts_.Succeeded();
    if (update_.done()) Continue();
    return;
  }
  SkipQuestion(reason);
  attempts_.Succeeded();
  if (inquiry_->done()) HandleIndexState(now);
}

}  // namespace espcap::elasticsearch
