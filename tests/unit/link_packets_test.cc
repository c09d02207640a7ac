// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/link_packets.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include "frame_bytes.h"

namespace espcap::live {
namespace {

using testing::Frame;
using testing::Hex;

std::optional<wireshark::RecordHeader> HeaderOf(int link_type, const Frame& frame,
                                                std::span<const uint8_t>& bytes, uint32_t length) {
  auto packets = LinkPackets::Of(link_type, 3, true);
  EXPECT_TRUE(packets) << packets.error().message;
  bytes = frame;
  pcap_pkthdr packet{};
  packet.ts = {12, 345'678'901};
  packet.caplen = static_cast<bpf_u_int32>(frame.size());
  packet.len = length;
  return packets->HeaderOf(packet, bytes);
}

TEST(LinkPackets, GiveWhatAFileWouldHave) {
  const Frame frame = testing::Zeros(60);
  std::span<const uint8_t> bytes;
  const auto header = HeaderOf(DLT_EN10MB, frame, bytes, 1500);
  ASSERT_TRUE(header);
  const wtap_packet_header& details = header->details.packet_header;
  EXPECT_EQ(header->time.secs, 12);
  EXPECT_EQ(header->time.nsecs, 345'678'901);
  EXPECT_EQ(details.caplen, 60U);
  EXPECT_EQ(details.len, 1500U);
  EXPECT_EQ(details.interface_id, 3U);
  EXPECT_EQ(details.pkt_encap, WTAP_ENCAP_ETHERNET);
  EXPECT_EQ(details.pseudo_header.eth.fcs_len, -1);
  EXPECT_EQ(bytes.size(), 60U);
}

TEST(LinkPackets, RemoveTheHeadersThatWiretapRemoves) {
  std::span<const uint8_t> bytes;
  const Frame received = Hex("00000001 02 ff");
  auto header = HeaderOf(DLT_BLUETOOTH_HCI_H4_WITH_PHDR, received, bytes, 6);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->details.packet_header.pseudo_header.p2p.sent, FALSE);
  EXPECT_EQ(bytes.size(), 2U);
  EXPECT_EQ(header->details.packet_header.len, 2U);
  EXPECT_EQ(bytes[0], 2U);

  const Frame monitor = Hex("0102 0304 aa");
  header = HeaderOf(DLT_BLUETOOTH_LINUX_MONITOR, monitor, bytes, 5);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->details.packet_header.pseudo_header.btmon.adapter_id, 0x0102);
  EXPECT_EQ(header->details.packet_header.pseudo_header.btmon.opcode, 0x0304);
  EXPECT_EQ(bytes.size(), 1U);

  EXPECT_FALSE(HeaderOf(DLT_BLUETOOTH_LINUX_MONITOR, Hex("0102 03"), bytes, 3));
}

TEST(LinkPackets, RefuseWhatTheyWouldGetWrong) {
  EXPECT_FALSE(LinkPackets::Of(DLT_LINUX_LAPD, 0, true));
  EXPECT_FALSE(LinkPackets::Of(0x7FFF, 0, true));
}

}  // namespace
}  // namespace espcap::live
