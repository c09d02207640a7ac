// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcapng/blocks.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace espcap::pcapng {
namespace {

std::vector<uint32_t> Words(const ByteBuffer& bytes) {
  EXPECT_EQ(bytes.size() % 4, 0U);
  std::vector<uint32_t> words(bytes.size() / 4);
  std::memcpy(words.data(), bytes.data(), words.size() * 4);
  return words;
}

// Each block says its length at both ends, and is as long.
void ExpectWhole(const ByteBuffer& block) {
  const auto words = Words(block);
  ASSERT_GE(words.size(), 3U);
  EXPECT_EQ(words[1], block.size());
  EXPECT_EQ(words.back(), block.size());
}

TEST(PcapngBlocks, ASectionSaysItsByteOrderVersionAndProgram) {
  ByteBuffer block;
  AppendSectionHeader(block, "espcap");
  ExpectWhole(block);
  const auto words = Words(block);
  EXPECT_EQ(words[0], 0x0A0D0D0AU);
  EXPECT_EQ(words[2], 0x1A2B3C4DU);
  EXPECT_EQ(words[3], 1U);  // 1.0
  EXPECT_EQ(words[4], UINT32_MAX);
  EXPECT_EQ(words[5], UINT32_MAX);
  EXPECT_NE(block.view().find("espcap"), std::string_view::npos);
}

TEST(PcapngBlocks, AnInterfaceHasItsOptionsAndItsResolution) {
  ByteBuffer options;
  AppendOption(options, 2, "eth0!");
  EXPECT_EQ(options.view(), std::string_view("\2\0\5\0eth0!\0\0\0", 12));
  ByteBuffer block;
  AppendInterface(block, {113, 256, 6, options.view()});
  ExpectWhole(block);
  const auto words = Words(block);
  EXPECT_EQ(words[0], 1U);
  EXPECT_EQ(words[2], 113U);
  EXPECT_EQ(words[3], 256U);
  const std::string_view resolution("\11\0\1\0\6\0\0\0\0\0\0\0", 12);  // with the end of options
  EXPECT_EQ(block.view().substr(16 + options.size(), resolution.size()), resolution);
}

TEST(PcapngBlocks, AnOptionThatIsTooLongIsLeftOut) {
  ByteBuffer options;
  AppendOption(options, 1, std::string(65536, 'x'));
  EXPECT_TRUE(options.empty());
  AppendOption(options, 1, std::string(65535, 'x'));
  EXPECT_EQ(options.size(), 4 + 65536U);
}

TEST(PcapngBlocks, APacketHasItsTimeLengthsAndBytes) {
  const std::vector<uint8_t> pseudo_header = {1};
  const std::vector<uint8_t> bytes = {2, 3, 4, 5};
  for (const bool has_options : {false, true}) {
    ByteBuffer options;
    if (has_options) AppendOption(options, 1, "why");
    const Packet packet{7, 0x123456789AU, 100, pseudo_header, bytes, options.view()};
    ByteBuffer block;
    AppendPacket(block, packet);
    ExpectWhole(block);
    EXPECT_EQ(block.size(), PacketBytes(packet));
    const auto words = Words(block);
    EXPECT_EQ(words[0], 6U);
    EXPECT_EQ(words[2], 7U);
    EXPECT_EQ(words[3], 0x12U);
    EXPECT_EQ(words[4], 0x3456789AU);
    EXPECT_EQ(words[5], 5U);    // captured, with the pseudo-header
    EXPECT_EQ(words[6], 101U);  // on the link
    EXPECT_EQ(block.view().substr(28, 8), std::string_view("\1\2\3\4\5\0\0\0", 8));
    EXPECT_EQ(block.size(), has_options ? 28 + 8 + 8 + 4 + 4U : 28 + 8 + 4U);
  }
}

TEST(PcapngBlocks, SecretsAndStatistics) {
  ByteBuffer secrets;
  AppendSecrets(secrets, 0x544c534b, "CLIENT");
  ExpectWhole(secrets);
  EXPECT_EQ(Words(secrets)[2], 0x544c534bU);
  EXPECT_EQ(Words(secrets)[3], 6U);
  ByteBuffer statistics;
  AppendStatistics(statistics, {3, 5'000'000'000, 10, 2, 1}, 6);
  ExpectWhole(statistics);
  const auto words = Words(statistics);
  EXPECT_EQ(words[0], 5U);
  EXPECT_EQ(words[2], 3U);
  EXPECT_EQ(words[3], 0U);
  EXPECT_EQ(words[4], 5'000'000U);
  EXPECT_EQ(words[5], 8U << 16U | 4U);  // isb_ifrecv
  EXPECT_EQ(words[6], 10U);
  EXPECT_EQ(words[8], 8U << 16U | 5U);  // isb_ifdrop
  EXPECT_EQ(words[9], 2U);
  EXPECT_EQ(words[11], 8U << 16U | 7U);  // isb_osdrop
  EXPECT_EQ(words[12], 1U);
}

TEST(PcapngBlocks, TimesAreWholeUnits) {
  struct Case {
    int64_t seconds;
    int32_t nanoseconds;
    uint8_t resolution;
    std::optional<uint64_t> units;
  };
  const Case cases[] = {
      {0, 0, 9, 0},
      {1, 5, 9, 1'000'000'005},
      {1, 5000, 6, 1'000'005},
      {1, 5001, 6, std::nullopt},
      {1, 500'000'000, 1, 15},
      {1, 500'000'000, 0, std::nullopt},
      {-1, 0, 9, std::nullopt},
      {1, -1, 9, std::nullopt},
      {1, 1'000'000'000, 9, std::nullopt},
      {INT64_MAX, 0, 9, std::nullopt},
      {INT64_MAX, 0, 0, INT64_MAX},
      {18'446'744'072, 0, 9, 18'446'744'072'000'000'000U},
      {1, 0, 10, std::nullopt},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(UnitsOf(c.seconds, c.nanoseconds, c.resolution), c.units)
        << c.seconds << " " << c.nanoseconds << " " << int{c.resolution};
  }
}

}  // namespace
}  // namespace espcap::pcapng
