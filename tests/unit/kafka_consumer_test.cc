// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/consumer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace espcap::kafka {
namespace {

using std::chrono::seconds;

Connection ToNobody(Properties properties) {
  auto address = ParseAddress("--from", "kafka://127.0.0.1:9/packets");
  EXPECT_TRUE(address.has_value());
  Connection connection;
  connection.address = std::move(*address);
  connection.properties = std::move(properties);
  return connection;
}

TEST(Consumer, HasTheSessionTimeoutThatTheUserGives) {
  const std::pair<Properties, seconds> cases[] = {
      {{}, seconds{30}},
      {{{"session.timeout.ms", "120000"}}, seconds{120}},
      {{{"session.timeout.ms", "6000"}, {"session.timeout.ms", "45000"}}, seconds{45}},
  };
  for (const auto& [properties, expected] : cases) {
    const auto consumer = Consumer::Start(ToNobody(properties), {.group = "dissectors"});
    ASSERT_TRUE(consumer.has_value()) << consumer.error().message;
    EXPECT_EQ((*consumer)->session_timeout(), expected);
  }
}

}  // namespace
}  // namespace espcap::kafka
