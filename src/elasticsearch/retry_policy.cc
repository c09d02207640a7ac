// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/retry_policy.h"

#include <algorithm>
#include <array>

namespace espcap::elasticsearch {
namespace {

// States of a cluster or an index, whatever the status is: somebody will lift the block, make room
// for shards, or make the index. None is a fault of the document.
constexpr std::array<std::string_view, 6> kPassing = {
    "cluster_block_exception",       // a full disk's flood stage, index.blocks.*, read-only
    "index_create_block_exception",  // OpenSearch's, of cluster.blocks.create_index
    "index_closed_exception",
    "index_not_found_exception",  // where action.auto_create_index forbids to make it
    "validation_exception",       // no more shards may be made
    "circuit_breaking_exception",
};

bool IsPassing(std::string_view error_type) {
  return std::find(kPassing.begin(), kPassing.end(), error_type) != kPassing.end();
}

}  // namespace

ItemVerdict DecideItem(int status, std::string_view error_type) {
  if (IsPassing(error_type)) {
    return {ItemAction::kRetry, RetryReason::kBlocked};
  }
  if (status >= 200 && status < 300) return {ItemAction::kIndexed};
  switch (status) {
    case 409:  // only `create` is ever sent: a conflict means that the document is there
      return {ItemAction::kAlreadyThere};
    case 401:
      return {ItemAction::kUnauthorized};
    case 403:
      return {error_type == "security_exception" ? ItemAction::kUnauthorized : ItemAction::kDead};
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return {ItemAction::kRetry, RetryReason::kItem};
    default:
      return {status >= 500 ? ItemAction::kRetryBriefly : ItemAction::kDead, RetryReason::kItem};
  }
}

RequestVerdict DecideRequest(long status, std::string_view error_type) {
  // The whole cluster is read-only, or has no master. A breaker's 429 is about size, too.
  if (IsPassing(error_type) && status != 429) {
    return {RequestAction::kWait, RequestOutcome::kUnavailable, RetryReason::kBlocked};
  }
  switch (status) {
    case 200:
      return {RequestAction::kReadItems, RequestOutcome::kAnswered};
    case 400:
    case 422:
      return {RequestAction::kDivide, RequestOutcome::kRefused};
    case 401:
    case 403:
      return {RequestAction::kUnauthorized, RequestOutcome::kRefused};
    case 408:
      return {RequestAction::kMoveOn, RequestOutcome::kTimeout, RetryReason::kTimeout};
    case 413:
      return {RequestAction::kSplit, RequestOutcome::kRefused, RetryReason::kTooLarge};
    case 429:
      return {RequestAction::kWait, RequestOutcome::kTooManyRequests,
              RetryReason::kTooManyRequests};
    default:
      // A load balancer without its servers, a server that starts, something else on that port.
      if (status >= 500) return {RequestAction::kMoveOn, RequestOutcome::kUnavailable};
      return {RequestAction::kMoveOn, RequestOutcome::kMalformed, RetryReason::kMalformed};
  }
}

}  // namespace espcap::elasticsearch
