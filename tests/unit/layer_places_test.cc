// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/layer_places.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace espcap::schema {
namespace {

using Paths = std::vector<std::string>;

bool Has(const Paths& places, const std::string& place) {
  return std::find(places.begin(), places.end(), place) != places.end();
}

TEST(LayerPlaces, AreInsideOfOtherLayers) {
  EXPECT_TRUE(Has(OtherPlacesOf({"ip.src", "ip_ip_src", "ip", FieldType::kIp, ""}), "icmp.ip"));
  EXPECT_TRUE(Has(OtherPlacesOf({"dns.a", "dns_dns_a", "dns", FieldType::kIp, ""}), "mdns"));
  EXPECT_EQ(OtherPlacesOf({"rip.metric", "rip_rip_metric", "rip", FieldType::kLong, ""}), Paths{});
}

TEST(LayerPlaces, AreInsideOfTheErrorThatQuotesThem) {
  const Paths places = OtherPlacesOf({"dns.a", "dns_dns_a", "dns", FieldType::kIp, ""});
  for (const char* place : {"icmp.dns", "icmpv6.dns", "icmp.llmnr"})
    EXPECT_TRUE(Has(places, place)) << place;
  EXPECT_TRUE(
      Has(OtherPlacesOf({"snmp.community", "snmp_snmp_community", "snmp", FieldType::kKeyword, ""}),
          "icmp.snmp"));
}

TEST(LayerPlaces, CanBeThoseOfSomeFieldsOnly) {
  const Field segments{"tcp.segment.count", "tcp_tcp_segment_count", "tcp", FieldType::kLong, ""};
  EXPECT_TRUE(Has(OtherPlacesOf(segments), ""));
  EXPECT_FALSE(Has(OtherPlacesOf({"tcp.len", "tcp_tcp_len", "tcp", FieldType::kLong, ""}), ""));
}

TEST(LayerPlaces, HaveFindingsInThem) {
  const Field finding{"ip.bogus", "ip_ip_bogus", "ip", FieldType::kPresence, ""};
  const Paths places = OtherPlacesOf(finding);
  for (const char* place : {"_ws_expert", "ip._ws_expert", "icmp.ip._ws_expert"}) {
    EXPECT_TRUE(Has(places, place)) << place;
  }
  EXPECT_TRUE(Has(PlacesOfFindings({"ip", "_ws_expert"}), "ip._ws_expert"));
  EXPECT_FALSE(Has(PlacesOfFindings({"ip", "_ws_expert"}), "_ws_expert._ws_expert"));
}

}  // namespace
}  // namespace espcap::schema
