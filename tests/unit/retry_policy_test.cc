// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/retry_policy.h"

#include <gtest/gtest.h>

namespace espcap::elasticsearch {
namespace {

TEST(DecideItem, IsAFunctionOfStatusAndType) {
  struct Case {
    int status;
    const char* type;
    ItemAction action;
    RetryReason reason = RetryReason::kItem;
  };
  const Case cases[] = {
      {200, "", ItemAction::kIndexed},
      {201, "", ItemAction::kIndexed},
      {299, "", ItemAction::kIndexed},
      {409, "version_conflict_engine_exception", ItemAction::kAlreadyThere},
      {400, "document_parsing_exception", ItemAction::kDead},
      {400, "mapper_parsing_exception", ItemAction::kDead},
      {400, "illegal_argument_exception", ItemAction::kDead},
      {404, "index_not_found_exception", ItemAction::kRetry, RetryReason::kBlocked},
      {400, "index_closed_exception", ItemAction::kRetry, RetryReason::kBlocked},
      {400, "validation_exception", ItemAction::kRetry, RetryReason::kBlocked},
      {403, "index_create_block_exception", ItemAction::kRetry, RetryReason::kBlocked},
      {404, "", ItemAction::kDead},
      {410, "", ItemAction::kDead},
      {413, "", ItemAction::kDead},
      {300, "", ItemAction::kDead},
      {401, "security_exception", ItemAction::kUnauthorized},
      {403, "security_exception", ItemAction::kUnauthorized},
      {403, "", ItemAction::kDead},
      {403, "cluster_block_exception", ItemAction::kRetry, RetryReason::kBlocked},
      {429, "cluster_block_exception", ItemAction::kRetry, RetryReason::kBlocked},
      {503, "cluster_block_exception", ItemAction::kRetry, RetryReason::kBlocked},
      {408, "", ItemAction::kRetry},
      {429, "es_rejected_execution_exception", ItemAction::kRetry},
      {429, "circuit_breaking_exception", ItemAction::kRetry, RetryReason::kBlocked},
      {502, "", ItemAction::kRetry},
      {503, "unavailable_shards_exception", ItemAction::kRetry},
      {504, "", ItemAction::kRetry},
      {500, "null_pointer_exception", ItemAction::kRetryBriefly},
      {599, "", ItemAction::kRetryBriefly},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.status);
    SCOPED_TRACE(c.type);
    const ItemVerdict verdict = DecideItem(c.status, c.type);
    EXPECT_EQ(verdict.action, c.action);
    EXPECT_EQ(verdict.reason, c.reason);
  }
}

TEST(DecideRequest, IsAFunctionOfTheStatus) {
  struct Case {
    long status;
    RequestAction action;
    RequestOutcome outcome;
    const char* type = "";
  };
  const Case cases[] = {
      {200, RequestAction::kReadItems, RequestOutcome::kAnswered},
      {201, RequestAction::kMoveOn, RequestOutcome::kMalformed},
      {301, RequestAction::kMoveOn, RequestOutcome::kMalformed},
      {400, RequestAction::kDivide, RequestOutcome::kRefused},
      {422, RequestAction::kDivide, RequestOutcome::kRefused},
      {401, RequestAction::kUnauthorized, RequestOutcome::kRefused},
      {403, RequestAction::kUnauthorized, RequestOutcome::kRefused},
      {404, RequestAction::kMoveOn, RequestOutcome::kMalformed},
      {405, RequestAction::kMoveOn, RequestOutcome::kMalformed},
      {408, RequestAction::kMoveOn, RequestOutcome::kTimeout},
      {413, RequestAction::kSplit, RequestOutcome::kRefused},
      {429, RequestAction::kWait, RequestOutcome::kTooManyRequests},
      {500, RequestAction::kMoveOn, RequestOutcome::kUnavailable},
      {502, RequestAction::kMoveOn, RequestOutcome::kUnavailable},
      {503, RequestAction::kMoveOn, RequestOutcome::kUnavailable},
      {503, RequestAction::kWait, RequestOutcome::kUnavailable, "cluster_block_exception"},
      {403, RequestAction::kWait, RequestOutcome::kUnavailable, "cluster_block_exception"},
      {403, RequestAction::kWait, RequestOutcome::kUnavailable, "index_create_block_exception"},
      {503, RequestAction::kWait, RequestOutcome::kUnavailable, "circuit_breaking_exception"},
      {403, RequestAction::kUnauthorized, RequestOutcome::kRefused, "security_exception"},
      {429, RequestAction::kWait, RequestOutcome::kTooManyRequests, "circuit_breaking_exception"},
      {504, RequestAction::kMoveOn, RequestOutcome::kUnavailable},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(DecideRequest(c.status, c.type).action, c.action) << c.status;
    EXPECT_EQ(DecideRequest(c.status, c.type).outcome, c.outcome) << c.status;
  }
}

}  // namespace
}  // namespace espcap::elasticsearch
