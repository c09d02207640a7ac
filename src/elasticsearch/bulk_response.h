// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a server says became of each document of a _bulk request, by position
// (Elasticsearch reference, bulk API: "items" are in the order of the actions). Read without a
// tree.
#ifndef ESPCAP_ELASTICSEARCH_BULK_RESPONSE_H_
#define ESPCAP_ELASTICSEARCH_BULK_RESPONSE_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/bounded_json.h"
#include "elasticsearch/retry_policy.h"
#include "espcap/result.h"

namespace espcap::elasticsearch {

struct ItemResult {
  int status = 0;
  ItemVerdict verdict;
  std::string reason;  // where it isn't there
};

// Of an answer about this number of documents, with room for a long error of each.
base::JsonBounds BulkAnswerBounds(size_t document_count);

// An error where the body is no bulk response for exactly `document_count` documents.
Result<std::vector<ItemResult>> ParseBulkResponse(std::string_view body, size_t document_count,
                                                  const base::JsonBounds& bounds);
inline Result<std::vector<ItemResult>> ParseBulkResponse(std::string_view body,
                                                         size_t document_count) {
  return ParseBulkResponse(body, document_count, BulkAnswerBounds(document_count));
}

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_BULK_RESPONSE_H_
