// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is read from a server's answers; talking to one is for the integration tests.
#include "deliver/elasticsearch.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace espcap::deliver {
namespace {

TEST(ServerIdentity, IsElasticsearch) {
  const auto identity = ParseServerIdentity(R"({
    "name" : "node-1", "cluster_name" : "docker-cluster", "cluster_uuid" : "4yuKoVdLRt2VBHU0EjW3MA",
    "version" : {
      "number" : "8.15.5", "build_flavor" : "default", "build_type" : "docker",
      "build_hash" : "b10896e9de5a0a2e0a3a9a3a4b4e0e5f7b5c1a3d",
      "build_date" : "2024-11-27T10:12:13.000000000Z", "build_snapshot" : false,
      "lucene_version" : "9.11.1", "minimum_wire_compatibility_version" : "7.17.0",
      "minimum_index_compatibility_version" : "7.0.0"
    },
    "tagline" : "You Know, for Search"
  })");
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->name, "Elasticsearch");
  EXPECT_EQ(identity->version, "8.15.5");
}

TEST(ServerIdentity, IsOpenSearchByItsDistribution) {
  const auto identity = ParseServerIdentity(R"({
    "name" : "node-1", "cluster_name" : "opensearch-cluster",
    "version" : {"distribution" : "opensearch", "number" : "2.17.1", "build_type" : "tar"},
    "tagline" : "The OpenSearch Project: https://opensearch.org/"
  })");
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->name, "OpenSearch");
  EXPECT_EQ(identity->version, "2.17.1");
}

TEST(ServerIdentity, AnythingElseIsAnErrorThatShowsTheAnswer) {
  for (const char* body : {
           "<!DOCTYPE html><title>nginx</title>",
           "",
           "[]",
           "null",
           "{}",
           R"({"version":"1.2.3"})",
           R"({"version":["8.15.5"]})",
           R"({"version":null})",
           R"({"version":{}})",
           R"({"version":{"number":8}})",
           R"({"version":{"number":null}})",
       }) {
    const auto identity = ParseServerIdentity(body);
    ASSERT_FALSE(identity) << body;
    EXPECT_EQ(identity.error().message,
              "no Elasticsearch: GET / answered '" + std::string(body) + "'");
  }
}

TEST(ServerIdentity, ADistributionThatIsNoTextThrowsNothing) {
  Result<ServerIdentity> identity;
  EXPECT_NO_THROW(
      identity = ParseServerIdentity(R"({"version":{"number":"8.15.5","distribution":null}})"));
}

TEST(ServerIdentity, AnErrorShowsTheBeginningOfALongAnswerInOneLine) {
  const auto identity = ParseServerIdentity("first line\r\n\tsecond" + std::string(5000, '.'));
  ASSERT_FALSE(identity);
  const std::string& message = identity.error().message;
  EXPECT_NE(message.find("'first line   second...."), std::string::npos) << message;
  EXPECT_NE(message.find("…'"), std::string::npos);
  EXPECT_LT(message.size(), 300U);
}

TEST(ServerIdentity, AnErrorCutsNoCharacterInTwo) {
  for (size_t length = 195; length < 205; ++length) {
    const auto identity = ParseServerIdentity(std::string(length, 'x') +
                                              "\xE2\x82\xAC"
                                              "uro");
    ASSERT_FALSE(identity);
    // dump() throws on ill-formed UTF-8.
    EXPECT_NO_THROW(static_cast<void>(nlohmann::json(identity.error().message).dump())) << length;
  }
}

TEST(ReasonOf, IsWhatTheServerSays) {
  struct Case {
    const char* body;
    const char* reason;
  };
  const Case cases[] = {
      {R"({"error":{"root_cause":[{"type":"security_exception"}],"type":"security_exception",)"
       R"("reason":"missing authentication credentials for REST request [/]"},"status":401})",
       "security_exception: missing authentication credentials for REST request [/]"},
      {R"({"error":"no handler found for uri [/x]"})", "no handler found for uri [/x]"},
      {R"({"error":{}})", "error: "},
      {R"({"error":5})", R"({"error":5})"},
      {"<h1>502 Bad Gateway</h1>\r\n", "<h1>502 Bad Gateway</h1>  "},
      {"", "no explanation"},
  };
  for (const Case& c : cases) EXPECT_EQ(ReasonOf({400, c.body}), c.reason);
}

TEST(ReasonOf, TakesANullForAReason) {
  std::string reason;
  EXPECT_NO_THROW(
      reason = ReasonOf({500, R"({"error":{"type":"null_pointer_exception","reason":null}})"}));
  EXPECT_EQ(reason.find("null_pointer_exception"), 0U) << reason;
}

}  // namespace
}  // namespace espcap::deliver
