// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/hit_pages.h"

#include <string>
#include <utility>

#include "app/searched_query.h"
#include "elasticsearch/preparation.h"
#include "schema/index_pattern.h"

namespace espcap::app {

using elasticsearch::Hit;

Result<std::unique_ptr<HitPages>> HitPages::Begin(const cli::RetrievalSettings& settings,
                                                  const elasticsearch::HitRequest& query,
                                                  telemetry::Log& log) {
  auto server = FindServer(settings);
  if (!server) return Forward(std::move(server));
  const std::string index = schema::IndexPattern(settings.index);
  const auto searched = SearchedQuery(*server, index, query, log);
  if (!searched) return tl::unexpected(searched.error());
  auto json = elasticsearch::QueryOf(*searched);
  if (!json) return Forward(std::move(json));
  elasticsearch::HitSearch search(elasticsearch::DialectOf(server->identity), index,
                                  std::move(*json));
  return std::unique_ptr<HitPages>(new HitPages(std::move(*server), std::move(search)));
}

bool HitPages::Ask() {
  const auto request = search_.NextRequest();
  if (!request) return false;
  answer_ = std::async(std::launch::async, [this, request = *request] {
    return server_.client->Perform(server_.node, request);
  });
  return true;
}

Result<std::optional<std::vector<Hit>>> HitPages::Next() {
  while (answer_.valid() || Ask()) {
    auto answer = answer_.get();
    if (!answer) return Forward(std::move(answer));
    auto hits = search_.OnAnswer(*answer);
    if (!hits) return Forward(std::move(hits));
    Ask();
    if (!hits->empty()) return std::move(*hits);
  }
  return std::nullopt;
}

void HitPages::End() {
  if (answer_.valid()) answer_.wait();
  answer_ = {};
  search_.End();
  // What isn't freed ends by itself.
  if (Ask()) answer_.wait();
}

}  // namespace espcap::app
