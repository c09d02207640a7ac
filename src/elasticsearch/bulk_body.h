// SPDX-License-Identifier: GPL-2.0-or-later
//
// The body of one _bulk request. Borrows from its chunk's batch where it can, and owns the rest:
// it stays where it is while the request is in flight.
#ifndef ESPCAP_ELASTICSEARCH_BULK_BODY_H_
#define ESPCAP_ELASTICSEARCH_BULK_BODY_H_

#include <string>
#include <string_view>

#include "elasticsearch/bulk_chunk.h"

namespace espcap::elasticsearch {

class BulkBody {
 public:
  BulkBody() = default;
  BulkBody(const BulkBody&) = delete;
  BulkBody& operator=(const BulkBody&) = delete;

  // `compress`: as gzip, even where the batch didn't come so.
  void Fill(const BulkChunk& chunk, bool compress);

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  // Of HTTP's Content-Encoding; null: none.
  [[nodiscard]] const char* encoding() const { return is_gzip_ ? "gzip" : nullptr; }
  [[nodiscard]] size_t text_bytes() const { return text_bytes_; }

 private:
  std::string gathered_;
  std::string compressed_;
  std::string_view bytes_;
  size_t text_bytes_ = 0;
  bool is_gzip_ = false;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_BULK_BODY_H_
