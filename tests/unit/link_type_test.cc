// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/link_type.h"

#include <gtest/gtest.h>

#include "source/wireshark_api.h"
#include "wiretap_once.h"

namespace espcap::source {
namespace {

TEST(LinkType, IsTheOneThatLibpcapKnowsByTheSameName) {
  const struct {
    int encapsulation;
    const char* name;
  } cases[] = {
      {WTAP_ENCAP_ETHERNET, "EN10MB"},
      {WTAP_ENCAP_NULL, "NULL"},
      {WTAP_ENCAP_LOOP, "LOOP"},
      {WTAP_ENCAP_RAW_IP, "RAW"},  // 12, 14 and 101 in files
      {WTAP_ENCAP_ENC, "ENC"},     // 13 and 109
      {WTAP_ENCAP_PPP, "PPP"},     // 9 and 50
      {WTAP_ENCAP_CHDLC, "C_HDLC"},
      {WTAP_ENCAP_ATM_RFC1483, "ATM_RFC1483"},
      {WTAP_ENCAP_LINUX_ATM_CLIP, "ATM_CLIP"},  // also 16, which libpcap calls PPP_BSDOS
      {WTAP_ENCAP_IEEE_802_11_RADIOTAP, "IEEE802_11_RADIO"},
      {WTAP_ENCAP_SLL2, "LINUX_SLL2"},
      {WTAP_ENCAP_PPP_WITH_PHDR, "204"},
  };
  for (const auto& test : cases) {
    const auto link_type = LinkTypeOf(test.encapsulation);
    ASSERT_TRUE(link_type.has_value()) << test.name;
    EXPECT_EQ(LinkTypeName(*link_type), test.name);
    EXPECT_EQ(EncapsulationName(test.encapsulation), test.name);
  }
}

TEST(LinkType, OneThatNoPcapFileHasIsNamedByWiretap) {
  testing::StartWiretapOnce();
  EXPECT_FALSE(LinkTypeOf(WTAP_ENCAP_LAPB).has_value());
  EXPECT_EQ(EncapsulationName(WTAP_ENCAP_LAPB), "LAPB");
}

TEST(LinkType, PseudoHeadersThatWiretapTakesOff) {
  testing::StartWiretapOnce();
  EXPECT_EQ(PseudoHeaderBytes(WTAP_ENCAP_ETHERNET), 0U);
  EXPECT_EQ(PseudoHeaderBytes(WTAP_ENCAP_ATM_PDUS), 4U);
  EXPECT_EQ(PseudoHeaderBytes(WTAP_ENCAP_ERF), std::nullopt);
  // Every one of wiretap's has a length, or is known to have none.
  for (int encapsulation = 1; encapsulation < wtap_get_num_encap_types(); ++encapsulation) {
    EXPECT_EQ(LosesPseudoHeader(encapsulation), PseudoHeaderBytes(encapsulation) != 0U);
    if (encapsulation != WTAP_ENCAP_ERF) {
      EXPECT_TRUE(PseudoHeaderBytes(encapsulation).has_value()) << EncapsulationName(encapsulation);
    }
  }
}

}  // namespace
}  // namespace espcap::source
