// SPDX-License-Identifier: GPL-2.0-or-later
//
// The numbers of docs/kafka.md: they are the same in every release, or conversations change their
// partition.
#include "source/conversation.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "source/wireshark_api.h"

namespace espcap::source {
namespace {

using Bytes = std::vector<uint8_t>;

// An IPv4 datagram of UDP, without link layer.
Bytes Udp(std::array<uint8_t, 4> from, std::array<uint8_t, 4> to, uint16_t from_port,
          uint16_t to_port) {
  Bytes bytes = {0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0};
  bytes.insert(bytes.end(), from.begin(), from.end());
  bytes.insert(bytes.end(), to.begin(), to.end());
  for (const uint16_t word : {from_port, to_port, uint16_t{8}, uint16_t{0}}) {
    bytes.push_back(static_cast<uint8_t>(word >> 8U));
    bytes.push_back(static_cast<uint8_t>(word & 0xFFU));
  }
  return bytes;
}

uint64_t HashOf(FlowKey key, const Bytes& bytes) {
  return ConversationOf(key, WTAP_ENCAP_RAW_IP, bytes, "sensor-1", "eth0");
}

constexpr std::array<uint8_t, 4> kOne = {192, 0, 2, 1};
constexpr std::array<uint8_t, 4> kOther = {198, 51, 100, 7};

TEST(Conversation, HasTheNumbersOfTheDocumentation) {
  EXPECT_EQ(HashOf(FlowKey::kPair, Udp(kOne, kOther, 1000, 53)), 0x4e5ec9432ea8e09bU);
  EXPECT_EQ(HashOf(FlowKey::kFlow, Udp(kOne, kOther, 1000, 53)), 0x6ca880482b1bcab0U);
  EXPECT_EQ(PlaceHash("sensor-1", "eth0"), 0x22eafe5e8e7fc8b2U);
  EXPECT_EQ(PlaceHash("", ""), 0xaf63bd4c8601b7dfU);
}

TEST(Conversation, IsTheSameInBothDirections) {
  for (const FlowKey key : {FlowKey::kPair, FlowKey::kFlow}) {
    EXPECT_EQ(HashOf(key, Udp(kOne, kOther, 1000, 53)), HashOf(key, Udp(kOther, kOne, 53, 1000)));
  }
  EXPECT_NE(HashOf(FlowKey::kFlow, Udp(kOne, kOther, 1000, 53)),
            HashOf(FlowKey::kFlow, Udp(kOne, kOther, 1001, 53)));
}

TEST(Conversation, WithoutAddressesItIsThePlaces) {
  const Bytes nothing = {0xFF, 0xFF};
  EXPECT_EQ(HashOf(FlowKey::kPair, nothing), PlaceHash("sensor-1", "eth0"));
  EXPECT_NE(PlaceHash("sensor-1", "eth0"), PlaceHash("sensor-1e", "th0"));
}

}  // namespace
}  // namespace espcap::source
