// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/listen_address.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::telemetry {
namespace {

TEST(ListenAddress, IsReadAsUsersNameIt) {
  struct Case {
    const char* given;
    const char* text;
    bool is_loopback;
  };
  const Case cases[] = {
      {"9600", "127.0.0.1:9600", true},
      {":9600", "127.0.0.1:9600", true},
      {"0", "127.0.0.1:0", true},
      {"localhost:65535", "127.0.0.1:65535", true},
      {"127.8.9.1:80", "127.8.9.1:80", true},
      {"[::1]:9600", "[::1]:9600", true},
      {"0.0.0.0:9600", "0.0.0.0:9600", false},
      {"192.0.2.7:9600", "192.0.2.7:9600", false},
      {"128.0.0.1:9600", "128.0.0.1:9600", false},
      {"[::]:9600", "[::]:9600", false},
      {"[2001:db8::1]:9600", "[2001:db8::1]:9600", false},
  };
  for (const Case& c : cases) {
    const auto address = ParseListenAddress(c.given);
    ASSERT_TRUE(address) << c.given << ": " << address.error().message;
    EXPECT_EQ(address->Text(), c.text);
    EXPECT_EQ(address->IsLoopback(), c.is_loopback) << c.given;
  }
}

TEST(ListenAddress, IsRefusedWithTheReason) {
  struct Case {
    const char* given;
    const char* reason;
  };
  const Case cases[] = {
      {"", "no port number"},
      {":", "no port number"},
      {"65536", "no port number"},
      {"-1", "no port number"},
      {"96 00", "no port number"},
      {"127.0.0.1", "no port number"},
      {"127.0.0.1:", "no port number"},
      {"127.0.0.1:http", "no port number"},
      {"[::1]", "no port number"},
      {"::1:9600", "brackets are for IPv6"},
      {"[127.0.0.1]:9600", "brackets are for IPv6"},
      {"[]:9600", "no IP address"},
      {"[:::]:9600", "no IP address"},
      {"256.0.0.1:9600", "no IP address"},
      {"example.com:9600", "no IP address"},
      {"http://127.0.0.1:9600", "brackets are for IPv6"},
  };
  for (const Case& c : cases) {
    const auto address = ParseListenAddress(c.given);
    ASSERT_FALSE(address) << c.given << " → " << address->Text();
    EXPECT_NE(address.error().message.find(c.reason), std::string::npos) << address.error().message;
    EXPECT_EQ(address.error().message.find(std::string("--metrics '") + c.given + "': "), 0U);
  }
}

TEST(ListenAddress, ListensAtAFreePortAndSaysWhich) {
  auto address = ParseListenAddress("0");
  ASSERT_TRUE(address);
  const auto listener = Listen(*address);
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_EQ(address->Text().find("127.0.0.1:"), 0U);
  EXPECT_NE(address->Text(), "127.0.0.1:0");

  auto taken = ParseListenAddress(address->Text());
  ASSERT_TRUE(taken);
  const auto second = Listen(*taken);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "listen at " + address->Text() +
                                        ": Address already in use; choose another port, or 0 for "
                                        "a free one");
}

TEST(ListenAddress, FailsAtAnAddressOfAnotherMachine) {
  auto address = ParseListenAddress("192.0.2.7:9600");
  ASSERT_TRUE(address);
  const auto listener = Listen(*address);
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().message,
            "listen at 192.0.2.7:9600: Cannot assign requested address; this machine doesn't have "
            "this address");
}

}  // namespace
}  // namespace espcap::telemetry
