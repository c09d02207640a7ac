// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which documents of a chunk have landed, though the answer that said so was lost, in an index of
// their data stream that isn't written to any more. To create them again would make a second copy:
// an id is unique in one index only. Of the index that is written to, nothing needs to be known.
//
// A state machine of requests: it sends nothing. One thread.
#ifndef ESPCAP_ELASTICSEARCH_LANDED_LOOKUP_H_
#define ESPCAP_ELASTICSEARCH_LANDED_LOOKUP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "elasticsearch/bulk_chunk.h"
#include "http/http_client.h"

namespace espcap::elasticsearch {

class LandedLookup {
 public:
  // An answer is looked for soon after it was lost: not more indices are asked, the newest ones.
  static constexpr size_t kMaxEarlier = 3;
  static constexpr size_t kMaxStreams = 8;  // that a chunk's documents belong to

  explicit LandedLookup(const BulkChunk& chunk);

  // None: all that can be known is known. Its body is borrowed from this.
  std::optional<http::HttpRequest> NextRequest();
  // To the request before. One that isn't about a data stream, or is refused, tells nothing: its
  // documents are as if they had not landed.
  void OnAnswer(const http::HttpResponse& response);

  // By place in the chunk.
  [[nodiscard]] const std::vector<bool>& landed() const { return landed_; }

 private:
  struct Document {
    std::string id;
    size_t stream = 0;
    size_t place = 0;
  };

  void NextStream();
  void OnIndices(std::string_view body);
  void OnDocuments(std::string_view body);

  std::vector<std::string> streams_;
  std::vector<Document> documents_;
  std::vector<bool> landed_;
  size_t stream_ = 0;                 // that is asked about
  std::vector<std::string> earlier_;  // its indices but the one that is written to; empty: unknown
  std::string body_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_LANDED_LOOKUP_H_
