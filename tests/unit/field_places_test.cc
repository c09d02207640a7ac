// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/field_places.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using Paths = std::vector<std::string>;

enum class Kind { kIndexed, kColumn, kNeither, kObject, kOpen };

std::string AnswerOf(const std::vector<std::pair<std::string, Kind>>& fields) {
  const auto types = [](Kind kind) -> std::string {
    switch (kind) {
      case Kind::kIndexed:
        return R"("keyword":{"type":"keyword","searchable":true,"aggregatable":false})";
      case Kind::kColumn:
        return R"("long":{"type":"long","searchable":false,"aggregatable":true})";
      case Kind::kNeither:
        return R"("keyword":{"type":"keyword","searchable":false,"aggregatable":false})";
      case Kind::kObject:
        return R"("object":{"type":"object","searchable":false,"aggregatable":false})";
      case Kind::kOpen:
        return R"("flattened":{"type":"flattened","searchable":true,"aggregatable":true})";
    }
    return {};
  };
  std::string text;
  for (const auto& [name, kind] : fields) {
    text += (text.empty() ? "\"" : ",\"") + name + "\":{" + types(kind) + "}";
  }
  return R"({"indices":["p"],"fields":{)" + text + "}}";
}

TEST(PlacesRequest, AsksForAllFormsOfAPath) {
  const auto request = PlacesRequest("p-*", "dns.qry.name");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->path,
            "/p-%2A/_field_caps?ignore_unavailable=true&fields=dns.qry.name,*.dns.qry.name,"
            "*_dns_qry_name,dns,dns.qry");
  EXPECT_EQ(PlacesRequest("p", "a:b")->path,
            "/p/_field_caps?ignore_unavailable=true&fields=a%3Ab,*.a%3Ab,*_a%3Ab");
  for (const std::string& path : {std::string("_id"), std::string("_index"), std::string(),
                                  std::string("a,b"), std::string(513, 'a')}) {
    EXPECT_FALSE(PlacesRequest("p", path)) << path;
  }
  std::string deep = "a";
  while (deep.size() < 500) deep += ".a";
  EXPECT_FALSE(PlacesRequest("p", deep)) << "a longer line than servers take";
}

TEST(ReadPlaces, AreWhereAFieldCanBeSearched) {
  struct Case {
    const char* what;
    const char* path;
    std::vector<std::pair<std::string, Kind>> fields;
    Paths places;
  };
  const std::vector<Case> cases = {
      {"a display filter's name",
       "dns.qry.name",
       {{"layers.dns.dns_dns_qry_name", Kind::kIndexed},
        {"layers.icmp.dns.dns_dns_qry_name", Kind::kIndexed},
        {"layers.dns.dns_dns_resp_dns_qry_name", Kind::kIndexed}},
       {"layers.dns.dns_dns_qry_name", "layers.icmp.dns.dns_dns_qry_name"}},
      {"of a layer with another name",
       "gsm_a.tmsi",
       {{"layers.gsm_a_dtap.gsm_a_dtap_gsm_a_tmsi", Kind::kIndexed},
        {"layers.other.gsm_a_dtap_gsm_a_tmsi", Kind::kIndexed}},
       {"layers.gsm_a_dtap.gsm_a_dtap_gsm_a_tmsi"}},
      {"one that begins with '_'",
       "_ws.expert.message",
       {{"layers._ws_expert._ws_expert__ws_expert_message", Kind::kIndexed}},
       {"layers._ws_expert._ws_expert__ws_expert_message"}},
      {"one that is part of another",
       "tcp.flags",
       {{"layers.tcp.tcp_tcp_flags", Kind::kIndexed},
        {"layers.mptcp.mptcp_mptcp_tcp_flags", Kind::kIndexed}},
       {"layers.tcp.tcp_tcp_flags"}},
      {"a key",
       "udp_udp_port",
       {{"layers.icmp.udp.udp_udp_port", Kind::kIndexed},
        {"layers.udp.udp_udp_port", Kind::kColumn}},
       {"layers.udp.udp_udp_port", "layers.icmp.udp.udp_udp_port"}},
      {"the end of a path",
       "udp.udp_udp_port",
       {{"layers.icmp.udp.udp_udp_port", Kind::kIndexed},
        {"layers.xudp.udp_udp_port", Kind::kIndexed}},
       {"layers.icmp.udp.udp_udp_port"}},
      {"another object", "info", {{"columns.info", Kind::kIndexed}}, {"columns.info"}},
      {"what only hands its values on",
       "ip.src",
       {{"layers.icmp.ip.ip_ip_src", Kind::kNeither}, {"layers.ip.ip_ip_src", Kind::kIndexed}},
       {"layers.ip.ip_ip_src"}},
      {"a layer", "http", {{"layers.http", Kind::kObject}}, {"layers.http"}},
      {"a field rather than a layer",
       "http",
       {{"layers.http", Kind::kObject}, {"a.http", Kind::kIndexed}},
       {"a.http"}},
      {"no field", "dns.qry.nam", {}, {}},
  };
  for (const Case& c : cases) {
    const auto found = ReadPlaces(AnswerOf(c.fields), c.path);
    ASSERT_TRUE(found) << c.what << ": " << found.error().message;
    EXPECT_EQ(found->places, c.places) << c.what;
    EXPECT_FALSE(found->is_field) << c.what;
    EXPECT_FALSE(found->is_cut) << c.what;
  }
}

TEST(ReadPlaces, AFieldStaysAsItIs) {
  for (const auto& [path, field, kind] :
       std::initializer_list<std::tuple<const char*, const char*, Kind>>{
           {"a.b", "a.b", Kind::kIndexed},
           {"a.b", "a.b", Kind::kNeither},
           {"a.b", "a.b", Kind::kObject},
           {"a.b.c", "a.b", Kind::kOpen}}) {
    const auto found = ReadPlaces(AnswerOf({{"x.a.b", Kind::kIndexed}, {field, kind}}), path);
    EXPECT_TRUE(found && found->is_field) << path;
  }
  EXPECT_FALSE(ReadPlaces(AnswerOf({{"a", Kind::kObject}}), "a.b")->is_field);
  EXPECT_FALSE(ReadPlaces(AnswerOf({{"a", Kind::kOpen}}), "ab.c")->is_field);
}

TEST(ReadPlaces, HaveABound) {
  std::vector<std::pair<std::string, Kind>> fields;
  for (size_t i = 0; i < kMaxPlaces + 1; ++i) {
    fields.emplace_back(std::string(1 + i, 'a') + ".x", Kind::kIndexed);
  }
  const auto found = ReadPlaces(AnswerOf(fields), "x");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->is_cut);
  EXPECT_EQ(found->places.size(), kMaxPlaces);
  EXPECT_EQ(found->places.front(), "a.x");
}

TEST(ReadPlaces, AnythingMayBeAnswered) {
  for (const char* answer : {"", "[]", "{}", R"({"fields":[]})", "x"}) {
    EXPECT_FALSE(ReadPlaces(answer, "a")) << answer;
    EXPECT_EQ(NearestField(answer, "a"), "") << answer;
  }
  const auto found =
      ReadPlaces(R"({"fields":{"x.a":1,"y.a":{"t":2},"z.a":{"t":{"searchable":1}}}})", "a");
  EXPECT_TRUE(found && found->places.empty());
}

TEST(NearestField, IsFoundInEachForm) {
  const std::string answer = AnswerOf({{"layers.dns.dns_dns_qry_name", Kind::kIndexed},
                                       {"layers.icmp.dns.dns_dns_qry_name", Kind::kNeither},
                                       {"layers.udp.udp_udp_dstport", Kind::kColumn},
                                       {"espcap.sensor", Kind::kIndexed}});
  struct Case {
    const char* path;
    const char* nearest;
  };
  for (const Case& c : {Case{"dns.qry.nam", "layers.dns.dns_dns_qry_name"},
                        Case{"dns_dns_qry_nmae", "layers.dns.dns_dns_qry_name"},
                        Case{"layer.udp.udp_udp_dstport", "layers.udp.udp_udp_dstport"},
                        Case{"udp.dstprt", "layers.udp.udp_udp_dstport"},
                        Case{"sensors", "espcap.sensor"}, Case{"quite.another", ""}}) {
    EXPECT_EQ(NearestField(answer, c.path), c.nearest) << c.path;
  }
}

}  // namespace
}  // namespace espcap::elasticsearch
