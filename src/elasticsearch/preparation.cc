// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/preparation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/backoff.h"

namespace espcap::elasticsearch {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Backoff kWait{milliseconds{200}, milliseconds{5'000}};
constexpr seconds kMostAsked{60};  // of Retry-After
// Lucene takes terms of 32,766 bytes, and the value's path is a part of its term.
constexpr uint64_t kFlatObjectBytes = uint64_t{16} << 10U;

}  // namespace

schema::Dialect DialectOf(const ServerIdentity& identity) {
  return identity.name == "OpenSearch" ? schema::Dialect::kOpenSearch
                                       : schema::Dialect::kElasticsearch;
}

void Preparation::Begin(const ServerIdentity& identity) {
  if (state_ != State::kUnbegun) return;
  dialect_ = DialectOf(identity);
  const bool has_limit = options_.learn_value_limit && dialect_ == schema::Dialect::kOpenSearch;
  state_ = options_.install_template || has_limit ? State::kAsking : State::kDone;
}

std::optional<http::HttpRequest> Preparation::NextRequest(Time now) const {
  if (now < not_before_) return std::nullopt;
  if (state_ == State::kAsking) return TemplateQuestion(options_.index_pattern);
  if (state_ == State::kPutting) return puts_[next_put_].request;
  return std::nullopt;
}

std::optional<Preparation::Time> Preparation::NextTime(Time now) const {
  const bool waits = state_ == State::kAsking || state_ == State::kPutting;
  return waits && not_before_ > now ? std::optional(not_before_) : std::nullopt;
}

Preparation::Outcome Preparation::TakeResponse(const http::HttpResponse& response, Time now) {
  if (state_ == State::kAsking) {
    // A server that doesn't know the question has no template either.
    const bool is_unknown = response.status == 404 || response.status == 405;
    const bool is_refused = response.status >= 400 && response.status < 500 &&
                            response.status != http::kStatusTooManyRequests;
    // Without a template to install, the answer would only have been good to know.
    const bool is_optional = is_refused && !options_.install_template;
    if (response.status != 200 && !is_unknown && !is_optional) {
      return Refuse(response, Question(), now);
    }
    const auto in_use = response.status == 200 ? ReadTemplateInUse(response) : TemplateInUse{};
    if (!in_use) {
      problem_ = fmt::format("{}: {}", Question(), in_use.error().message);
      WaitLonger(response.retry_after, now);
      return Outcome::kAgain;
    }
    TakeTemplateInUse(*in_use);
  } else if (state_ == State::kPutting) {
    if (response.status != 200) {
      return Refuse(response, "install the template " + puts_[next_put_].name, now);
    }
    if (++next_put_ == puts_.size()) {
      template_outcome_ = "installed as " + template_->name;
      state_ = State::kDone;
    }
  }
  failures_ = 0;
  not_before_ = now;
  problem_.clear();
  return Outcome::kProgress;
}

std::string Preparation::Question() const {
  return "look for the template of " + options_.index_pattern;
}

void Preparation::TakeTemplateInUse(const TemplateInUse& in_use) {
  if (in_use.is_there || !options_.install_template) {
    if (options_.install_template) template_outcome_ = "already there";
    const bool is_narrow = in_use.has_flat_object && dialect_ == schema::Dialect::kOpenSearch;
    if (options_.learn_value_limit && is_narrow) value_limit_ = kFlatObjectBytes;
    state_ = State::kDone;
    return;
  }
  state_ = State::kMaking;
  making_ = maker_->Start(dialect_);
}

Result<void> Preparation::TakeTemplate() {
  if (state_ != State::kMaking) return {};
  if (!making_) return making_;
  auto made = maker_->Take();
  if (!made) return {};
  if (!*made) return tl::unexpected((*made).error());
  template_ = std::move(**made);
  puts_ = TemplatePuts(*template_);
  state_ = State::kPutting;
  return {};
}

Preparation::Outcome Preparation::Refuse(const http::HttpResponse& response,
                                         const std::string& what, Time now) {
  problem_ = fmt::format("{}: {} ({})", what, response.status, ReasonOf(response));
  WaitLonger(response.retry_after, now);
  const bool may_pass = response.status == http::kStatusTooManyRequests || response.status >= 500;
  return may_pass ? Outcome::kAgain : Outcome::kRefused;
}

void Preparation::TakeFailure(Time now) { WaitLonger(std::nullopt, now); }

void Preparation::WaitLonger(std::optional<seconds> retry_after, Time now) {
  const milliseconds asked = std::min(retry_after.value_or(seconds{0}), kMostAsked);
  not_before_ = now + std::max(kWait.Wait(++failures_, 1), asked);
}

}  // namespace espcap::elasticsearch
