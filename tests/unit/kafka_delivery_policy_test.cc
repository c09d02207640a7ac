// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/delivery_policy.h"

#include <gtest/gtest.h>

#include "kafka/failure.h"

namespace espcap::kafka {
namespace {

using enum MessageAction;

struct Case {
  rd_kafka_resp_err_t error;
  MessageAction first;  // nothing was delivered so far
  MessageAction later;
};

TEST(KafkaDeliveryPolicy, WhatFollowsFromAnOutcome) {
  const Case cases[] = {
      {RD_KAFKA_RESP_ERR_NO_ERROR, kDelivered, kDelivered},
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, kRefused, kRefused},
      {RD_KAFKA_RESP_ERR_INVALID_RECORD, kRefused, kRefused},
      {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, kRefused, kRefused},
      {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, kRefused, kRefused},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, kEndRun, kAgain},
      {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, kEndRun, kAgain},
      {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, kEndRun, kAgain},
      {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, kEndRun, kAgain},
      {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, kEndRun, kAgain},
      {RD_KAFKA_RESP_ERR__FATAL, kEndRun, kEndRun},
      {RD_KAFKA_RESP_ERR__TRANSPORT, kAgain, kAgain},
      {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, kAgain, kAgain},
      {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, kAgain, kAgain},
      {RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, kAgain, kAgain},
      {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, kAgain, kAgain},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(ActionFor(one.error, false), one.first) << rd_kafka_err2name(one.error);
    EXPECT_EQ(ActionFor(one.error, true), one.later) << rd_kafka_err2name(one.error);
  }
}

TEST(KafkaFailure, WhatWaitingCannotRepair) {
  for (const auto error : {RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__FATAL,
                           RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED}) {
    EXPECT_TRUE(IsForGood(error)) << rd_kafka_err2name(error);
  }
  for (const auto error : {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TRANSPORT,
                           RD_KAFKA_RESP_ERR_NOT_COORDINATOR}) {
    EXPECT_FALSE(IsForGood(error)) << rd_kafka_err2name(error);
  }
}

TEST(KafkaFailure, WhatPassesByItself) {
  for (const auto error :
       {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR__TRANSPORT}) {
    EXPECT_TRUE(IsTransient(error)) << rd_kafka_err2name(error);
    EXPECT_FALSE(IsForGood(error)) << rd_kafka_err2name(error);
  }
  for (const auto error :
       {RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART}) {
    EXPECT_FALSE(IsTransient(error)) << rd_kafka_err2name(error);
  }
}

TEST(KafkaDeliveryPolicy, WhatHasNoOutcomeIsLostByAFatalErrorAlone) {
  EXPECT_EQ(GivenUpAs(true), &Ledger::failed);
  EXPECT_EQ(GivenUpAs(false), &Ledger::abandoned);
}

TEST(KafkaFailure, SaysWhatToDo) {
  constexpr int kOld = 0x020002ff;
  constexpr int kNew = 0x020601ff;
  const auto text = [](rd_kafka_resp_err_t error, const char* reason, const char* mechanism,
                       int version) { return Explain(error, reason, mechanism, version); };
  EXPECT_NE(
      text(RD_KAFKA_RESP_ERR__AUTHENTICATION, "b:1: no", "SCRAM-SHA-256", kOld).find("nonce twice"),
      std::string::npos);
  EXPECT_EQ(
      text(RD_KAFKA_RESP_ERR__AUTHENTICATION, "b:1: no", "SCRAM-SHA-256", kNew).find("nonce twice"),
      std::string::npos);
  EXPECT_EQ(text(RD_KAFKA_RESP_ERR__AUTHENTICATION, "b:1: no", "PLAIN", kOld).find("nonce twice"),
            std::string::npos);
  EXPECT_NE(text(RD_KAFKA_RESP_ERR__SSL, "b:1: certificate verify failed", "", kOld)
                .find("--ca-file names"),
            std::string::npos);
  EXPECT_NE(text(RD_KAFKA_RESP_ERR__TRANSPORT,
                 "error:0A000086:SSL routines::certificate verify failed", "", kOld)
                .find("--ca-file names"),
            std::string::npos)
      << "by its words: the code can be that of a lost connection";
  EXPECT_EQ(text(RD_KAFKA_RESP_ERR__TRANSPORT, "b:1: refused", "", kOld), "b:1: refused");
}

}  // namespace
}  // namespace espcap::kafka
