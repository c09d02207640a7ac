// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/retry_policy.h"

namespace espcap::elasticsearch {

ItemVerdict DecideItem(int status, std::string_view error_type) {
  // A block (a full disk's flood stage, index.blocks.*) is lifted some day; its status is 403 or
  // 429, by its kind.
  if (error_type == "cluster_block_exception") {
    return {ItemAction::kRetry, RetryReason::kBlocked};
  }
  if (status >= 200 && status < 300) return {ItemAction::kIndexed};
  switch (status) {
    case 409:  // only `create` is ever sent: a conflict means that the document is there
      return {ItemAction::kAlreadyThere};
    case 401:
      return {ItemAction::kStop};
    case 403:
      return {error_type == "security_exception" ? ItemAction::kStop : ItemAction::kDead};
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
  // The whole cluster is read-only, or has no master.
  if (error_type == "cluster_block_exception") {
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
      return {RequestAction::kStop, RequestOutcome::kRefused};
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
