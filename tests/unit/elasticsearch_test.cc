// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is read from a server's answers; talking to one is for the integration tests.
#include "elasticsearch/elasticsearch.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace espcap::elasticsearch {
namespace {

constexpr const char* kSupported =
    "espcap speaks to Elasticsearch from 7.17 and to every OpenSearch";

struct Server {
  const char* name;
  const char* version;
  const char* body;
};

// In the form each of them answers in.
const Server kSupportedServers[] = {
    {"Elasticsearch", "7.17.28", R"({
  "name" : "es7", "cluster_name" : "docker-cluster", "cluster_uuid" : "Jm4_lGUgSj2FY2w7hKFeZg",
  "version" : {
    "number" : "7.17.28", "build_flavor" : "default", "build_type" : "docker",
    "build_hash" : "139cb5a961d8de68b8e02c45cc47f5289a3623af",
    "build_date" : "2025-02-20T09:05:31.349013687Z", "build_snapshot" : false,
    "lucene_version" : "8.11.3", "minimum_wire_compatibility_version" : "6.8.0",
    "minimum_index_compatibility_version" : "6.0.0-beta1"
  },
  "tagline" : "You Know, for Search"
})"},
    {"Elasticsearch", "8.15.5", R"({
  "name" : "es8", "cluster_name" : "docker-cluster", "cluster_uuid" : "4yuKoVdLRt2VBHU0EjW3MA",
  "version" : {
    "number" : "8.15.5", "build_flavor" : "default", "build_type" : "docker",
    "build_hash" : "b10896e9de5a0a2e0a3a9a3a4b4e0e5f7b5c1a3d",
    "build_date" : "2024-11-27T10:12:13.000000000Z", "build_snapshot" : false,
    "lucene_version" : "9.11.1", "minimum_wire_compatibility_version" : "7.17.0",
    "minimum_index_compatibility_version" : "7.0.0"
  },
  "tagline" : "You Know, for Search"
})"},
    {"Elasticsearch", "8.11.0", R"({
  "name" : "serverless", "cluster_name" : "d1bc2a8c61", "cluster_uuid" : "s0mYtEYbR3-bWzd4wlYkKw",
  "version" : {
    "number" : "8.11.0", "build_flavor" : "serverless", "build_type" : "docker",
    "build_hash" : "00000000", "build_date" : "2023-10-31", "build_snapshot" : false,
    "lucene_version" : "9.7.0", "minimum_wire_compatibility_version" : "8.11.0",
    "minimum_index_compatibility_version" : "8.11.0"
  },
  "tagline" : "You Know, for Search"
})"},
    {"Elasticsearch", "9.1.0-SNAPSHOT", R"({
  "name" : "es9", "cluster_name" : "elasticsearch", "cluster_uuid" : "kTbv4IVtRUGnOSXCLVUDMw",
  "version" : {
    "number" : "9.1.0-SNAPSHOT", "build_flavor" : "default", "build_type" : "tar",
    "build_hash" : "112859b85d50de2a7e63f73c8fc70b99eea24291",
    "build_date" : "2025-04-08T15:13:46.049795831Z", "build_snapshot" : true,
    "lucene_version" : "10.1.0", "minimum_wire_compatibility_version" : "8.18.0",
    "minimum_index_compatibility_version" : "8.0.0"
  },
  "tagline" : "You Know, for Search"
})"},
    {"OpenSearch", "1.3.20", R"({
  "name" : "os1", "cluster_name" : "docker-cluster", "cluster_uuid" : "0Yg2cXKdSgC-7wUFmhsRYw",
  "version" : {
    "distribution" : "opensearch", "number" : "1.3.20", "build_type" : "tar",
    "build_hash" : "69a0ba1e8d0bbb1b0a1b0bb07bdc3d9d5c0d2d51",
    "build_date" : "2024-12-06T18:25:04.463Z", "build_snapshot" : false,
    "lucene_version" : "8.10.1", "minimum_wire_compatibility_version" : "6.8.0",
    "minimum_index_compatibility_version" : "6.0.0-beta1"
  },
  "tagline" : "The OpenSearch Project: https://opensearch.org/"
})"},
    {"OpenSearch", "2.19.1", R"({
  "name" : "os2", "cluster_name" : "opensearch", "cluster_uuid" : "zyXo2nLNR1SmFMkFuVS2Fg",
  "version" : {
    "distribution" : "opensearch", "number" : "2.19.1", "build_type" : "tar",
    "build_hash" : "2e4741fb45d1b150aaeeadf66d41445b23ff5982",
    "build_date" : "2025-02-27T01:16:47.726162386Z", "build_snapshot" : false,
    "lucene_version" : "9.12.1", "minimum_wire_compatibility_version" : "7.10.0",
    "minimum_index_compatibility_version" : "7.0.0"
  },
  "tagline" : "The OpenSearch Project: https://opensearch.org/"
})"},
    {"OpenSearch", "3.0.0", R"({
  "name" : "os3", "cluster_name" : "opensearch", "cluster_uuid" : "2Eo3qQ5VQJ2uT4wGQp8f0A",
  "version" : {
    "distribution" : "opensearch", "number" : "3.0.0", "build_type" : "tar",
    "build_hash" : "dc4efa821904cc2d7ea7ef61c0f577d3fc0d8be9",
    "build_date" : "2025-05-03T06:23:50.311109522Z", "build_snapshot" : false,
    "lucene_version" : "10.1.0", "minimum_wire_compatibility_version" : "2.19.0",
    "minimum_index_compatibility_version" : "2.0.0"
  },
  "tagline" : "The OpenSearch Project: https://opensearch.org/"
})"},
    // compatibility.override_main_response_version
    {"OpenSearch", "7.10.2",
     R"({"name":"os1","version":{"distribution":"opensearch",)"
     R"("number":"7.10.2"},"tagline":"The OpenSearch Project"})"},
    {"Elasticsearch", "8.15.5", R"({"version":{"number":"8.15.5"}})"},
    // Of the future.
    {"Elasticsearch", "10.0.0", R"({"version":{"number":"10.0.0"}})"},
    {"OpenSearch", "14.2.0",
     R"({"version":{"distribution":"opensearch","number":"14.2.0"},"tagline":"x"})"},
};

TEST(ServerIdentity, IsNameAndVersion) {
  for (const Server& server : kSupportedServers) {
    const auto identity = ParseServerIdentity(server.body);
    ASSERT_TRUE(identity) << identity.error().message;
    EXPECT_EQ(identity->name, server.name);
    EXPECT_EQ(identity->version, server.version);
  }
}

TEST(ServerIdentity, EarlierVersionsAreRefusedByTheirNames) {
  const Server servers[] = {
      {"Elasticsearch", "2.4.6",
       R"({"name":"Wong","cluster_name":"elasticsearch","version":{"number":"2.4.6",)"
       R"("build_snapshot":false,"lucene_version":"5.5.4"},"tagline":"You Know, for Search"})"},
      {"Elasticsearch", "6.8.23",
       R"({"name":"JqPVZyE","version":{"number":"6.8.23","build_flavor":"default",)"
       R"("build_type":"docker","lucene_version":"7.7.3"},"tagline":"You Know, for Search"})"},
      {"Elasticsearch", "7.10.2",
       R"({"name":"es","version":{"number":"7.10.2","build_flavor":"oss","build_type":"tar",)"
       R"("lucene_version":"8.7.0"},"tagline":"You Know, for Search"})"},
      {"Elasticsearch", "7.16.3", R"({"version":{"number":"7.16.3"}})"},
  };
  for (const Server& server : servers) {
    const auto identity = ParseServerIdentity(server.body);
    ASSERT_FALSE(identity) << server.body;
    EXPECT_EQ(identity.error().message, std::string("GET / answered as ") + server.name + " " +
                                            server.version + "; " + kSupported);
  }
}

TEST(ServerIdentity, AnythingElseIsAnErrorThatShowsTheAnswer) {
  for (const char* body : {
           "<!DOCTYPE html><title>nginx</title>",
           "<!DOCTYPE html><html lang=\"en\"><title>Elastic</title>",  // Kibana
           "",
           "[]",
           "null",
           "{}",
           R"({"responseHeader":{"status":0,"QTime":1},"version":"9.6.1"})",  // Solr
           R"({"couchdb":"Welcome","version":"3.3.3","vendor":{"name":"Apache"}})",
           R"({"name":"zinc","version":{"number":"7.10.2"},"tagline":"Zinc"})",
           R"({"version":{"distribution":"quickwit","number":"7.17.0"}})",
           R"({"version":{"number":"8.15.5","distribution":null}})",
           R"({"version":{"number":"8.15.5"},"tagline":5})",
           R"({"version":"1.2.3"})",
           R"({"version":["8.15.5"]})",
           R"({"version":null})",
           R"({"version":{}})",
           R"({"version":{"number":8}})",
           R"({"version":{"number":null}})",
           R"({"version":{"number":"8"}})",
           R"({"version":{"number":"8."}})",
           R"({"version":{"number":"8.x"}})",
           R"({"version":{"number":"8.1 "}})",
           R"({"version":{"number":"-8.1"}})",
           R"({"version":{"number":"8.1.0 <b>"}})",
       }) {
    const auto identity = ParseServerIdentity(body);
    ASSERT_FALSE(identity) << body;
    EXPECT_EQ(identity.error().message, "no Elasticsearch or OpenSearch: GET / answered '" +
                                            std::string(body) + "'; " + kSupported);
  }
}

TEST(ServerIdentity, AnAnswerThatIsNone) {
  struct Case {
    http::HttpResponse response;
    std::string message;
  };
  const Case cases[] = {
      {{401,
        R"({"error":{"type":"security_exception","reason":"missing authentication credentials"}})"},
       "the server wants other credentials (security_exception: missing authentication "
       "credentials); see --user, --api-key-file and --bearer-token-file"},
      {{403, R"({"error":{"type":"security_exception","reason":"unauthorized"}})"},
       "the server refuses GET / to these credentials (security_exception: unauthorized): they "
       "need the cluster privilege 'monitor'"},
      {{400, "<center>The plain HTTP request was sent to HTTPS port</center>"},
       "this is an https port: write https:// in --node"},
      {{400, "<center>No required SSL certificate was sent</center>"},
       "the server wants a client certificate: give --client-cert and --client-key"},
      {{400, "<center>The SSL certificate error</center>"},
       "the server refuses the certificate of --client-cert"},
      {{407, "<html>"}, "the proxy wants other credentials: http_proxy=http://user:password@proxy"},
      {{400, "Bad Request"},
       std::string("no Elasticsearch or OpenSearch: GET / answered 400 (Bad Request); ") +
           kSupported},
      {{302, ""},  // Kibana, to its login
       std::string("no Elasticsearch or OpenSearch: GET / answered 302 (no explanation); ") +
           kSupported},
      {{404, R"({"statusCode":404,"error":"Not Found","message":"Not Found"})"},
       std::string("no Elasticsearch or OpenSearch: GET / answered 404 (Not Found); ") +
           kSupported},
      {{429, R"({"error":{"type":"circuit_breaking_exception","reason":"Data too large"}})"},
       "the server is too busy: GET / answered 429 (circuit_breaking_exception: Data too large)"},
      {{503, R"({"error":{"type":"master_not_discovered_exception","reason":null}})"},
       "the server isn't ready: GET / answered 503 (master_not_discovered_exception: )"},
      {{502, "<h1>502 Bad Gateway</h1>"},
       "the server isn't ready: GET / answered 502 (<h1>502 Bad Gateway</h1>)"},
  };
  for (const Case& c : cases) {
    const auto identity = IdentifyServer(c.response);
    ASSERT_FALSE(identity) << c.message;
    EXPECT_EQ(identity.error().message, c.message);
  }
  EXPECT_TRUE(IdentifyServer({200, kSupportedServers[0].body}));
}

TEST(ServerIdentity, AnErrorShowsTheBeginningOfALongAnswerInOneLine) {
  const auto identity = ParseServerIdentity("first line\r\n\tsecond" + std::string(5000, '.'));
  ASSERT_FALSE(identity);
  const std::string& message = identity.error().message;
  EXPECT_NE(message.find("'first line   second...."), std::string::npos) << message;
  EXPECT_NE(message.find("…'"), std::string::npos);
  EXPECT_LT(message.size(), 350U);
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
      {R"({"error":{"root_cause":[{"type":"query_shard_exception","reason":"Failed to parse query [a:(]"}],)"
       R"("type":"search_phase_execution_exception","reason":"all shards failed"},"status":400})",
       "search_phase_execution_exception: all shards failed (Failed to parse query [a:(])"},
      {R"({"error":{"root_cause":[{"reason":"no such index [x]"}],"type":"index_not_found_exception",)"
       R"("reason":"no such index [x]"}})",
       "index_not_found_exception: no such index [x]"},
      {R"({"error":"no handler found for uri [/x]"})", "no handler found for uri [/x]"},
      {R"({"error":{}})", "error: "},
      {R"({"error":5})", R"({"error":5})"},
      {"<h1>502 Bad Gateway</h1>\r\n", "<h1>502 Bad Gateway</h1>  "},
      {"<html>\r\n<head><title>403\nForbidden</title></head>\r\n<body></body></html>",
       "403 Forbidden"},
      {"<html><title>cut", "<html><title>cut"},
      {"", "no explanation"},
  };
  for (const Case& c : cases) EXPECT_EQ(ReasonOf({400, c.body}), c.reason);
}

TEST(ReasonOf, IsTheBeginningOfAnAnswerBeyondItsBounds) {
  const std::string nested = R"({"error":)" + std::string(500'000, '[');
  EXPECT_EQ(ReasonOf({500, nested}).find(R"({"error":[[[)"), 0U);
  EXPECT_LT(ReasonOf({500, nested}).size(), 300U);
  EXPECT_EQ(ErrorTypeOf({500, nested}), "");
  EXPECT_FALSE(ParseServerIdentity(nested));
}

TEST(ReasonOf, TakesANullForAReason) {
  std::string reason;
  EXPECT_NO_THROW(
      reason = ReasonOf({500, R"({"error":{"type":"null_pointer_exception","reason":null}})"}));
  EXPECT_EQ(reason.find("null_pointer_exception"), 0U) << reason;
}

}  // namespace
}  // namespace espcap::elasticsearch
