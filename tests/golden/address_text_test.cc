// SPDX-License-Identifier: GPL-2.0-or-later
//
// Addresses read as the C library's inet_ntop(3) writes them, which is what libwireshark shows.
#include "encode/address_text.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "../support/random_seed.h"

namespace espcap::encode {
namespace {

void ExpectAsInetNtop(const std::array<uint8_t, 16>& address) {
  std::array<char, INET6_ADDRSTRLEN> expected{};
  ASSERT_NE(inet_ntop(AF_INET6, address.data(), expected.data(), expected.size()), nullptr);
  std::array<char, kMaxIpv6Text> text{};
  char* const end = WriteIpv6(text.data(), address.data());
  EXPECT_EQ(std::string(text.data(), end), expected.data());
}

// Where runs of zeros begin and end, and which is the longest, over every pattern of the groups.
TEST(Ipv6Text, EqualsInetNtopForEveryPatternOfZeroGroups) {
  for (const unsigned filler : {0xFFFFU, 0x0001U, 0x0ABCU, 0x00F0U}) {
    for (unsigned pattern = 0; pattern < 256; ++pattern) {
      std::array<uint8_t, 16> address{};
      for (size_t group = 0; group < 8; ++group) {
        if ((pattern >> group & 1U) == 0) continue;
        address.at(2 * group) = static_cast<uint8_t>(filler >> 8U);
        address.at(2 * group + 1) = static_cast<uint8_t>(filler & 0xFFU);
      }
      ExpectAsInetNtop(address);
    }
  }
}

TEST(Ipv6Text, EqualsInetNtopForRandomAddresses) {
  std::mt19937 random(espcap::testing::RandomSeed(20240117));
  for (int round = 0; round < 20000; ++round) {
    std::array<uint8_t, 16> address{};
    for (uint8_t& byte : address) {
      if (random() % 3 == 0) byte = static_cast<uint8_t>(random());
    }
    ExpectAsInetNtop(address);
  }
}

TEST(Ipv4Text, EqualsInetNtop) {
  std::mt19937 random(espcap::testing::RandomSeed(20240117));
  for (int round = 0; round < 20000; ++round) {
    const auto address = static_cast<uint32_t>(random() >> random() % 32);
    const in_addr in_network_order{htonl(address)};
    std::array<char, INET_ADDRSTRLEN> expected{};
    ASSERT_NE(inet_ntop(AF_INET, &in_network_order, expected.data(), expected.size()), nullptr);
    std::array<char, kMaxIpv4Text> text{};
    char* const end = WriteIpv4(text.data(), address);
    EXPECT_EQ(std::string(text.data(), end), expected.data());
  }
}

}  // namespace
}  // namespace espcap::encode
