// SPDX-License-Identifier: GPL-2.0-or-later
//
// A search's pages, in turn. The next one is asked for while the last one is worked on: by a thread
// that does nothing else.
#ifndef ESPCAP_APP_HIT_PAGES_H_
#define ESPCAP_APP_HIT_PAGES_H_

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/server_query.h"
#include "cli/settings.h"
#include "elasticsearch/hit_page.h"
#include "elasticsearch/hit_query.h"
#include "elasticsearch/hit_search.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

class HitPages {
 public:
  // Connects. Says which fields of the query there aren't.
  static Result<std::unique_ptr<HitPages>> Begin(const cli::RetrievalSettings& settings,
                                                 const elasticsearch::HitRequest& query,
                                                 telemetry::Log& log);
  HitPages(const HitPages&) = delete;
  HitPages& operator=(const HitPages&) = delete;

  // None: that was the last one. Waits.
  Result<std::optional<std::vector<elasticsearch::Hit>>> Next();
  // No more are wanted. Waits.
  void End();

  // Documents that name neither a file nor a message.
  [[nodiscard]] uint64_t nameless() const { return search_.nameless(); }

 private:
  HitPages(QueriedServer server, elasticsearch::HitSearch search)
      : server_(std::move(server)), search_(std::move(search)) {}

  // False: there is nothing left to ask.
  bool Ask();

  QueriedServer server_;
  elasticsearch::HitSearch search_;
  std::future<Result<http::HttpResponse>> answer_;  // last: its thread uses the others
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_HIT_PAGES_H_
