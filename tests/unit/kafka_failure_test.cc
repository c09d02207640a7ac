// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/failure.h"

#include <gtest/gtest.h>

namespace espcap::kafka {
namespace {

constexpr const char* kRefused =
    "127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused";
constexpr const char* kUnverified =
    "ssl://b:9093/bootstrap: error:0A000086:SSL routines::certificate verify failed";

TEST(KafkaFailure, ABrokerThatStartsAnewIsWaitedFor) {
  EXPECT_TRUE(IsBrokerAway(RD_KAFKA_RESP_ERR__TRANSPORT, kRefused));
  EXPECT_TRUE(IsBrokerAway(RD_KAFKA_RESP_ERR__TRANSPORT,
                           "b:9092/bootstrap: Disconnected while requesting ApiVersion"));
  EXPECT_FALSE(IsBrokerAway(RD_KAFKA_RESP_ERR__TRANSPORT, kUnverified));
  EXPECT_FALSE(IsBrokerAway(RD_KAFKA_RESP_ERR__RESOLVE, "no-such-host:9092: failed to resolve"));
  EXPECT_FALSE(IsBrokerAway(RD_KAFKA_RESP_ERR__AUTHENTICATION, "wrong password"));
  EXPECT_FALSE(IsBrokerAway(RD_KAFKA_RESP_ERR_NO_ERROR, ""));
}

TEST(KafkaFailure, WhatWaitingCannotRepairHasAdvice) {
  EXPECT_EQ(Explain(RD_KAFKA_RESP_ERR__TRANSPORT, kRefused, "", 0), kRefused);
  EXPECT_TRUE(Explain(RD_KAFKA_RESP_ERR__TRANSPORT, kUnverified, "", 0)
                  .ends_with("; --ca-file names the CA that has signed the broker's certificate"));
  EXPECT_TRUE(Explain(RD_KAFKA_RESP_ERR__AUTHENTICATION, "failed", "SCRAM-SHA-256", 0x020002ff)
                  .find("use another mechanism") != std::string::npos);
  EXPECT_TRUE(Explain(RD_KAFKA_RESP_ERR__AUTHENTICATION, "failed", "SCRAM-SHA-256", 0x020601ff)
                  .ends_with("; check --user and the password, and --kafka sasl.mechanism"));
}

}  // namespace
}  // namespace espcap::kafka
