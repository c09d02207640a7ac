// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/delivery_policy.h"

namespace espcap::kafka {

MessageAction ActionFor(rd_kafka_resp_err_t error, bool has_delivered) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return MessageAction::kDelivered;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return MessageAction::kRefused;
    case RD_KAFKA_RESP_ERR__FATAL:
      return MessageAction::kEndRun;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE:
      return has_delivered ? MessageAction::kAgain : MessageAction::kEndRun;
    default:
      return MessageAction::kAgain;
  }
}

uint64_t Ledger::*GivenUpAs(bool is_fatal) {
  return is_fatal ? &Ledger::failed : &Ledger::abandoned;
}

}  // namespace espcap::kafka
