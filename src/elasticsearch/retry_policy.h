// SPDX-License-Identifier: GPL-2.0-or-later
//
// What follows from a server's answer: for a whole _bulk request, and for each document in it.
// Pure functions of what was answered (Elasticsearch reference: bulk API, response body).
#ifndef ESPCAP_ELASTICSEARCH_RETRY_POLICY_H_
#define ESPCAP_ELASTICSEARCH_RETRY_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "espcap/delivery_stats.h"

namespace espcap::elasticsearch {

enum class ItemAction : uint8_t {
  kIndexed,
  kAlreadyThere,  // a document of this id exists
  kRetry,         // refused for load, or for a state of the cluster that passes
  kRetryBriefly,  // the server failed: perhaps for the moment, perhaps at this document always
  kDead,          // never to be taken as it is
  kUnauthorized,  // nothing will be taken with these credentials
};

struct ItemVerdict {
  ItemAction action = ItemAction::kDead;
  RetryReason reason = RetryReason::kItem;  // where it is sent again
};

// `error_type` is Elasticsearch's, "mapper_parsing_exception"; empty where there is none.
ItemVerdict DecideItem(int status, std::string_view error_type);

// How often kRetryBriefly is followed before the document counts as dead.
constexpr uint32_t kBriefRetries = 8;

enum class RequestAction : uint8_t {
  kReadItems,
  kWait,          // the node has too much to do: it is left alone for a while
  kMoveOn,        // the node fails: others are asked, and it is left alone for a while
  kSplit,         // too large: in smaller requests
  kDivide,        // something in it is refused: its halves show which document
  kUnauthorized,  // nothing will be taken with these credentials
};

struct RequestVerdict {
  RequestAction action = RequestAction::kMoveOn;
  RequestOutcome outcome = RequestOutcome::kRefused;
  RetryReason reason = RetryReason::kUnavailable;  // where its documents are sent again
};

// `error_type` as above.
RequestVerdict DecideRequest(long status, std::string_view error_type);

// After this number of refusals of a request for load (or without an answer that can be read), in a
// row, it goes on as two smaller ones: it may be more than the server can take at once, or one
// document's outcome may be what can't be read.
constexpr uint32_t kTriesPerSize = 3;

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_RETRY_POLICY_H_
