// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/curated_fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace espcap::schema {
namespace {

TEST(CuratedFields, AreNamedOnce) {
  const std::vector<std::string> names = CuratedNames();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

// A query without a field is expanded to all of them, and to no more than 1,024.
TEST(CuratedFields, AreFewEnoughForAQueryOfAll) { EXPECT_LT(CuratedNames().size(), 900U); }

TEST(CuratedFields, AreOfFortyProtocolsAndMore) {
  std::set<std::string> protocols;
  for (const std::string& name : CuratedNames()) protocols.insert(name.substr(0, name.find('.')));
  EXPECT_GT(protocols.size(), 40U);
  for (const char* protocol : {"tcp", "dns", "http", "tls", "dhcp", "sip", "modbus"}) {
    EXPECT_TRUE(protocols.contains(protocol)) << protocol;
  }
}

TEST(CuratedFields, AreSearchedByTheirIndexButForNumbersThatHardlyRepeat) {
  const std::vector<std::string> names = CuratedNames();
  EXPECT_EQ(std::count_if(names.begin(), names.end(), IsSearchedByColumn), 14);
  EXPECT_TRUE(IsSearchedByColumn("tcp.seq_raw"));
  for (const char* name :
       {"ip.src", "tcp.srcport", "tcp.seq", "frame.len", "tcp.analysis.ack_rtt"}) {
    EXPECT_FALSE(IsSearchedByColumn(name)) << name;
  }
}

}  // namespace
}  // namespace espcap::schema
