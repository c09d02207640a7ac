// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/hit_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "elasticsearch/answer_members.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/hit_query.h"

namespace espcap::elasticsearch {
namespace {

constexpr long kOk = 200;
// A part of the hits would look like all of them.
constexpr const char* kWhole = "allow_partial_search_results=false";
// The rest of an answer is longer than this.
constexpr const char* kNeeded =
    "filter_path=pit_id,_scroll_id,hits.hits._id,hits.hits._source,hits.hits.sort,error,status";

// The server has no points in time, or doesn't give one to this user.
bool HasNoPointInTime(const http::HttpResponse& response) {
  constexpr std::array<long, 4> kRefusals = {400, 403, 404, 405};
  return std::find(kRefusals.begin(), kRefusals.end(), response.status) != kRefusals.end() &&
         ErrorTypeOf(response) != "index_not_found_exception";
}

}  // namespace

HitSearch::HitSearch(schema::Dialect dialect, std::string index, std::string query, size_t page)
    : dialect_(dialect), index_(std::move(index)), query_(std::move(query)), page_(page) {}

std::optional<http::HttpRequest> HitSearch::NextRequest() {
  switch (state_) {
    case State::kCount:
      body_ = NamelessBody(query_);
      return http::HttpRequest{"POST", IndexPath() + "/_count?ignore_unavailable=true", body_};
    case State::kOpen:
      return OpenRequest();
    case State::kPages:
      return PageRequest();
    case State::kClose:
      return CloseRequest();
    case State::kDone:
      break;
  }
  return std::nullopt;
}

std::string HitSearch::IndexPath() const { return "/" + http::PercentEncoded(index_); }

http::HttpRequest HitSearch::OpenRequest() const {
  const bool is_opensearch = dialect_ == schema::Dialect::kOpenSearch;
  return {"POST", IndexPath() + (is_opensearch ? "/_search/point_in_time" : "/_pit") +
                      "?keep_alive=5m&ignore_unavailable=true"};
}

http::HttpRequest HitSearch::PageRequest() {
  std::string path = fmt::format("/_search?{}&{}", kWhole, kNeeded);
  if (!scroll_id_.empty()) {
    path = fmt::format("/_search/scroll?{}", kNeeded);
    body_ = nlohmann::json{{"scroll", "5m"}, {"scroll_id", scroll_id_}}.dump();
  } else {
    if (scrolls_) path = IndexPath() + path + "&scroll=5m&ignore_unavailable=true";
    const bool goes_by_index = dialect_ == schema::Dialect::kElasticsearch && !pit_id_.empty();
    body_ = PageBody(query_, goes_by_index ? HitOrder::kIndex : HitOrder::kFileAndFrame, page_,
                     pit_id_, search_after_);
  }
  http::HttpRequest request{"POST", path, body_};
  request.max_response_bytes = kMaxHitPageBytes;
  return request;
}

http::HttpRequest HitSearch::CloseRequest() {
  using nlohmann::json;
  if (scrolls_) {
    body_ = json{{"scroll_id", json::array({scroll_id_})}}.dump();
    return {"DELETE", "/_search/scroll", body_};
  }
  if (dialect_ == schema::Dialect::kOpenSearch) {
    body_ = json{{"pit_id", json::array({pit_id_})}}.dump();
    return {"DELETE", "/_search/point_in_time", body_};
  }
  body_ = json{{"id", pit_id_}}.dump();
  return {"DELETE", "/_pit", body_};
}

Result<std::vector<Hit>> HitSearch::OnAnswer(const http::HttpResponse& response) {
  switch (state_) {
    case State::kCount: {
      if (response.status != kOk) return Refused(response);
      const auto members = AnswerMembers::Read(response.body, kAnswerBounds, {"/count"});
      if (!members) return Fail("search {}: the answer is {}", index_, members.error().message);
      nameless_ = static_cast<uint64_t>(std::max<int64_t>(0, members->at("/count").integer));
      state_ = State::kOpen;
      return std::vector<Hit>();
    }
    case State::kOpen: {
      auto opened = OnOpened(response);
      if (!opened) return Forward(std::move(opened));
      return std::vector<Hit>();
    }
    case State::kPages:
      return OnPage(response);
    default:  // what can't be freed ends by itself
      state_ = State::kDone;
      return std::vector<Hit>();
  }
}

Result<void> HitSearch::OnOpened(const http::HttpResponse& response) {
  state_ = State::kPages;
  if (response.status != kOk) {
    if (!HasNoPointInTime(response)) return Refused(response);
    scrolls_ = true;
    return {};
  }
  pit_id_ = PointInTimeOf(response.body);
  if (pit_id_.empty()) return Fail("search {}: the answer isn't understood", index_);
  return {};
}

Result<std::vector<Hit>> HitSearch::OnPage(const http::HttpResponse& response) {
  if (response.status != kOk) return Refused(response);
  auto page = ReadHitPage(response.body);
  if (!page) return Fail("search {}: {}", index_, page.error().message);
  if (!page->pit_id.empty()) pit_id_ = std::move(page->pit_id);
  if (scrolls_) scroll_id_ = std::move(page->scroll_id);
  search_after_ = std::move(page->sort);
  const bool is_last = scrolls_ ? page->hits.empty() : page->hits.size() < page_;
  if (is_last || (scrolls_ && scroll_id_.empty())) End();
  return std::move(page->hits);
}

void HitSearch::End() {
  const bool holds = scrolls_ ? !scroll_id_.empty() : !pit_id_.empty();
  state_ = holds ? State::kClose : State::kDone;
}

tl::unexpected<Error> HitSearch::Refused(const http::HttpResponse& response) const {
  return Fail("search {}: the server answered {} ({})", index_, response.status,
              ReasonOf(response));
}

}  // namespace espcap::elasticsearch
