// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/remote_address.h"

#include <gtest/gtest.h>

namespace espcap::live {
namespace {

TEST(RemoteAddress, IsToldFromAnInterface) {
  EXPECT_TRUE(IsRemote("tcp://sensor:4000"));
  EXPECT_TRUE(IsRemote("rpcap://sensor/eth0"));
  for (const char* name : {"eth0", "any", "eth0:1", "usbmon1", ""}) EXPECT_FALSE(IsRemote(name));
}

TEST(RemoteAddress, IsHostAndPort) {
  const struct {
    const char* name;
    const char* host;
    const char* port;
  } cases[] = {
      {"tcp://sensor:4000", "sensor", "4000"},
      {"tcp://192.0.2.1:65535", "192.0.2.1", "65535"},
      {"tcp://[2001:db8::1]:1", "2001:db8::1", "1"},
  };
  for (const auto& test : cases) {
    const auto address = ParseRemote(test.name);
    ASSERT_TRUE(address.has_value()) << test.name;
    EXPECT_EQ(address->host, test.host);
    EXPECT_EQ(address->port, test.port);
  }
}

TEST(RemoteAddress, SaysWhatItShouldBe) {
  for (const char* name : {"tcp://", "tcp://sensor", "tcp://sensor:", "tcp://:4000",
                           "tcp://sensor:0", "tcp://sensor:65536", "tcp://sensor:http",
                           "tcp://2001:db8::1:4000", "tcp://a/b:1", "udp://sensor:4000"}) {
    const auto address = ParseRemote(name);
    ASSERT_FALSE(address.has_value()) << name;
    EXPECT_NE(address.error().message.find("tcp://host:port"), std::string::npos);
  }
  EXPECT_NE(ParseRemote("rpcap://sensor/eth0").error().message.find("no rpcap"), std::string::npos);
}

}  // namespace
}  // namespace espcap::live
