// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/hit_search.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "elasticsearch/hit_query.h"

namespace espcap::elasticsearch {
namespace {

using schema::Dialect;

http::HttpResponse Answer(long status, std::string body) {
  http::HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string Found(const std::vector<int>& frames, const std::string& more) {
  std::string hits;
  for (const int frame : frames) {
    const std::string number = std::to_string(frame);
    hits += std::string(hits.empty() ? "" : ",") + R"({"_id":"a-)" + number +
            R"(","_source":{"espcap":{"file":"/a","frame":)" + number +
            R"(,"digest":"00000000000000ff"}},"sort":["/a",)" + number + ",null]}";
  }
  return "{" + more + R"("hits":{"hits":[)" + hits + "]}}";
}

// Method and path of each request, with the answers in turn; the frames that were found.
struct Asked {
  std::vector<std::string> requests;
  std::vector<std::string> bodies;
  std::vector<uint64_t> frames;
  std::string error;
};

Asked AskAll(HitSearch& search, std::vector<http::HttpResponse> answers) {
  Asked asked;
  for (const http::HttpResponse& answer : answers) {
    const auto request = search.NextRequest();
    if (!request) break;
    const std::string path = request->path.substr(0, request->path.find('?'));
    asked.requests.push_back(std::string(request->method) + " " + path);
    asked.bodies.emplace_back(request->body);
    const auto hits = search.OnAnswer(answer);
    if (!hits) {
      asked.error = hits.error().message;
      return asked;
    }
    for (const Hit& hit : *hits) asked.frames.push_back(hit.frame);
  }
  EXPECT_FALSE(search.NextRequest());
  return asked;
}

const std::string kCount = R"({"count":3})";

TEST(HitSearch, GoesPageByPageByAPointInTime) {
  struct Case {
    Dialect dialect;
    const char* open;
    const char* close;
    const char* opened;
    const char* order;
  };
  for (const Case& c :
       {Case{Dialect::kElasticsearch, "/_pit", "/_pit", R"({"id":"p"})",
             R"("sort":["_shard_doc"])"},
        Case{Dialect::kOpenSearch, "/_search/point_in_time", "/_search/point_in_time",
             R"({"pit_id":"p","_shards":{"total":1}})", R"("sort":[{"espcap.file":)"}}) {
    HitSearch search(c.dialect, "p-*", "{}", 2);
    const Asked asked =
        AskAll(search, {Answer(200, kCount), Answer(200, c.opened),
                        Answer(200, Found({1, 2}, R"("pit_id":"q",)")),
                        Answer(200, Found({3}, R"("pit_id":"r",)")), Answer(200, "{}")});
    EXPECT_EQ(asked.requests,
              (std::vector<std::string>{"POST /p-%2A/_count", std::string("POST /p-%2A") + c.open,
                                        "POST /_search", "POST /_search",
                                        std::string("DELETE ") + c.close}));
    EXPECT_EQ(asked.frames, (std::vector<uint64_t>{1, 2, 3}));
    EXPECT_EQ(search.nameless(), 3U);
    EXPECT_EQ(asked.bodies[2].find("search_after"), std::string::npos);
    EXPECT_NE(asked.bodies[2].find(c.order), std::string::npos) << asked.bodies[2];
    EXPECT_NE(asked.bodies[3].find(R"("search_after":["/a",2,null])"), std::string::npos);
    EXPECT_NE(asked.bodies[3].find(R"("id":"q")"), std::string::npos);
    EXPECT_NE(asked.bodies[4].find(R"("r")"), std::string::npos);
  }
}

TEST(HitSearch, HitsSayTheirMessages) {
  const auto page = ReadHitPage(
      R"({"hits":{"hits":[{"_id":"a","_source":{"espcap":{"frame":7,"kafka":{"topic":"t","partition":3,"offset":9223372036854775807,"index":2}}}},)"
      R"({"_id":"b","_source":{"espcap":{"kafka":{"topic":5,"partition":-1,"offset":"x"}}}}]}})");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->hits.size(), 2U);
  const Hit::Message& message = page->hits[0].message;
  EXPECT_EQ(message.topic, "t");
  EXPECT_EQ(message.partition, 3);
  EXPECT_EQ(message.offset, INT64_MAX);
  EXPECT_EQ(message.index, 2);
  EXPECT_EQ(page->hits[0].frame, 7U);
  EXPECT_EQ(page->hits[1].message.topic, "");
  EXPECT_EQ(page->hits[1].message.partition, -1);
}

TEST(HitSearch, ScrollsWhereThereIsNoPointInTime) {
  HitSearch search(Dialect::kOpenSearch, "p", "{}", 2);
  const Asked asked =
      AskAll(search, {Answer(200, kCount), Answer(405, R"({"error":"no handler"})"),
                      Answer(200, Found({1, 2}, R"("_scroll_id":"s",)")),
                      Answer(200, Found({3}, R"("_scroll_id":"t",)")),
                      Answer(200, Found({}, R"("_scroll_id":"t",)")), Answer(200, "{}")});
  EXPECT_EQ(asked.requests,
            (std::vector<std::string>{"POST /p/_count", "POST /p/_search/point_in_time",
                                      "POST /p/_search", "POST /_search/scroll",
                                      "POST /_search/scroll", "DELETE /_search/scroll"}));
  EXPECT_EQ(asked.frames, (std::vector<uint64_t>{1, 2, 3}));
}

TEST(HitSearch, AnIndexThatIsMissingIsAnError) {
  HitSearch search(Dialect::kElasticsearch, "p", "{}", 2);
  const Asked asked = AskAll(
      search,
      {Answer(200, kCount),
       Answer(404, R"({"error":{"type":"index_not_found_exception","reason":"no such index"}})")});
  EXPECT_NE(asked.error.find("no such index"), std::string::npos) << asked.error;
}

TEST(HitSearch, FreesThePointInTimeWhereEnoughIsFound) {
  HitSearch search(Dialect::kElasticsearch, "p", "{}", 1);
  for (const auto& answer :
       {Answer(200, kCount), Answer(200, R"({"id":"p"})"), Answer(200, Found({1}, ""))}) {
    ASSERT_TRUE(search.NextRequest());
    ASSERT_TRUE(search.OnAnswer(answer));
  }
  search.End();
  EXPECT_STREQ(search.NextRequest()->method, "DELETE");
}

TEST(HitPage, KeepsOnlyWhatADocumentSaysOfItsPacket) {
  const auto page = ReadHitPage(
      R"({"took":1,"_shards":{"hits":[1]},"hits":{"total":{"value":1},"hits":[)"
      R"({"_index":"i","_id":"x","_source":{"espcap":{"file":"/ü\"","frame":7,"offset":24,)"
      R"("digest":"00000000000000FF"}},"sort":["/\u00fc\"",7,-1]},)"
      R"({"_id":"y","_source":{"espcap":{"file":["/a"],"frame":-1,"digest":"ff"}},"sort":[null]}]}})");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->hits.size(), 2U);
  EXPECT_EQ(page->hits[0].id, "x");
  EXPECT_EQ(page->hits[0].file, "/ü\"");
  EXPECT_EQ(page->hits[0].frame, 7U);
  EXPECT_EQ(page->hits[0].offset, 24);
  EXPECT_EQ(page->hits[0].digest, 255U);
  EXPECT_EQ(page->hits[1].frame, 0U);
  EXPECT_EQ(page->hits[1].offset, -1);
  EXPECT_FALSE(page->hits[1].digest);
  EXPECT_EQ(page->sort, "[null]");
  EXPECT_FALSE(ReadHitPage("{"));
}

TEST(HitQuery, IsWhatTheUserWroteWithinItsTime) {
  const auto plain = QueryOf({.query = "a:\"b\" OR *", .since = "now-1h", .until = "2026-01-01"});
  ASSERT_TRUE(plain);
  EXPECT_EQ(*plain, R"({"bool":{"filter":[{"query_string":{"query":"a:\"b\" OR *"}},)"
                    R"({"range":{"timestamp":{"format":"strict_date_optional_time||epoch_millis",)"
                    R"("gte":"now-1h","lt":"2026-01-01"}}}]}})");
  for (const char* text : {R"({"term":{"a":1}})", R"({"size":3,"query":{"term":{"a":1}}})"}) {
    const auto query = QueryOf({.query = text, .is_json = true, .since = {}, .until = {}});
    ASSERT_TRUE(query) << text;
    EXPECT_EQ(*query, R"({"bool":{"filter":[{"term":{"a":1}}]}})");
  }
  for (const char* wrong : {"", "[]", "{", R"({"query":3})"}) {
    EXPECT_FALSE(QueryOf({.query = wrong, .is_json = true, .since = {}, .until = {}})) << wrong;
  }
}

}  // namespace
}  // namespace espcap::elasticsearch
