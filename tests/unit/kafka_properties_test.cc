// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/properties.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::kafka {
namespace {

TEST(KafkaProperties, TheLastOfANameCounts) {
  const auto properties =
      ParseProperties({"compression.type=lz4", "linger.ms=5", "compression.type=zstd"});
  ASSERT_TRUE(properties) << properties.error().message;
  EXPECT_EQ(ValueOf(*properties, "compression.type"), "zstd");
  EXPECT_EQ(ValueOf(*properties, "linger.ms"), "5");
  EXPECT_EQ(ValueOf(*properties, "acks"), "");
}

TEST(KafkaProperties, AValueMayHaveAnything) {
  const auto properties = ParseProperties({"ssl.cipher.suites=A:B=C", "client.id="});
  ASSERT_TRUE(properties);
  EXPECT_EQ(ValueOf(*properties, "ssl.cipher.suites"), "A:B=C");
  EXPECT_EQ(ValueOf(*properties, "client.id"), "");
}

TEST(KafkaProperties, WhatBreaksGuaranteesLoadsCodeOrIsASecretIsRefused) {
  for (const char* name : {"enable.auto.commit",
                           "enable.idempotence",
                           "acks",
                           "request.required.acks",
                           "auto.offset.reset",
                           "partition.assignment.strategy",
                           "plugin.library.paths",
                           "message.timeout.ms",
                           "delivery.timeout.ms",
                           "retries",
                           "transactional.id",
                           "bootstrap.servers",
                           "metadata.broker.list",
                           "ssl.engine.location",
                           "sasl.kerberos.kinit.cmd",
                           "sasl.password",
                           "ssl.key.password",
                           "ssl.key.pem",
                           "ssl.keystore.password",
                           "sasl.oauthbearer.client.secret"}) {
    const auto properties = ParseProperties({std::string(name) + "=hush-hush"});
    ASSERT_FALSE(properties) << name;
    EXPECT_NE(properties.error().message.find(name), std::string::npos);
    EXPECT_EQ(properties.error().message.find("hush-hush"), std::string::npos);
  }
}

TEST(KafkaProperties, WhatIsNoPropertyIsAnError) {
  for (const char* text : {"", "=", "=value", "acks", "Linger.ms=5", "linger ms=5", "a\n=1"}) {
    EXPECT_FALSE(ParseProperties({text})) << text;
  }
  EXPECT_FALSE(ParseProperties({"linger.ms=" + std::string(5000, '1')}));
  EXPECT_FALSE(ParseProperties(std::vector<std::string>(129, "linger.ms=1")));
}

}  // namespace
}  // namespace espcap::kafka
