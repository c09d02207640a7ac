// SPDX-License-Identifier: GPL-2.0-or-later
//
// All documents that a query finds, page by page, as they were at its beginning: by a point in
// time, or by a scroll where a server has none (OpenSearch before 2.4, or without the right to it).
//
// A state machine of requests: it sends nothing. One thread.
#ifndef ESPCAP_ELASTICSEARCH_HIT_SEARCH_H_
#define ESPCAP_ELASTICSEARCH_HIT_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "elasticsearch/hit_page.h"
#include "espcap/result.h"
#include "http/http_client.h"
#include "schema/dialect.h"

namespace espcap::elasticsearch {

class HitSearch {
 public:
  static constexpr size_t kPage = 5000;  // hits

  // `query`: QueryOf().
  HitSearch(schema::Dialect dialect, std::string index, std::string query, size_t page = kPage);

  // None: there is nothing left to ask. Its body is borrowed from this.
  std::optional<http::HttpRequest> NextRequest();
  // To the request before: the hits that it has.
  Result<std::vector<Hit>> OnAnswer(const http::HttpResponse& response);
  // No more hits are wanted: what is left to ask only frees what the server holds.
  void End();

  // Found, and name neither a file nor a message.
  [[nodiscard]] uint64_t nameless() const { return nameless_; }

 private:
  enum class State : uint8_t { kCount, kOpen, kPages, kClose, kDone };

  [[nodiscard]] std::string IndexPath() const;
  [[nodiscard]] http::HttpRequest OpenRequest() const;
  http::HttpRequest PageRequest();
  http::HttpRequest CloseRequest();
  Result<void> OnOpened(const http::HttpResponse& response);
  Result<std::vector<Hit>> OnPage(const http::HttpResponse& response);
  [[nodiscard]] tl::unexpected<Error> Refused(const http::HttpResponse& response) const;

  schema::Dialect dialect_;
  std::string index_;
  std::string query_;
  size_t page_;
  State state_ = State::kCount;
  bool scrolls_ = false;
  std::string pit_id_;
  std::string scroll_id_;
  std::string search_after_;
  std::string body_;
  uint64_t nameless_ = 0;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_HIT_SEARCH_H_
