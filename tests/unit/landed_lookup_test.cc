// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/landed_lookup.h"

#include <gtest/gtest.h>

#include <list>
#include <string>
#include <utility>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using Landed = std::vector<bool>;

class LandedLookupTest : public ::testing::Test {
 protected:
  // A chunk of documents: index and id of each.
  BulkChunk Chunk(const std::vector<std::pair<std::string, std::string>>& documents) {
    Batch batch;
    for (const auto& [index, id] : documents) {
      const size_t offset = text_.size();
      text_ += R"({"create":{"_index":")" + index + R"(","_id":")" + id + "\"}}\n{}\n";
      batch.documents.push_back({offset, text_.size() - offset, 1});
    }
    batch.text = text_;
    pending_.push_front({std::move(batch), documents.size()});
    return ChunkOf(pending_.begin());
  }

  static http::HttpResponse Answer(long status, std::string body) {
    http::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
  }
  static http::HttpResponse Indices(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
      list += (list.empty() ? "\"" : ",\"") + name + "\"";
    }
    return Answer(200, R"({"data_streams":[{"backing_indices":[)" + list + "]}]}");
  }

  std::string text_;
  std::list<PendingBatch> pending_;
};

TEST_F(LandedLookupTest, AsksTheIndicesThatWereWrittenToBefore) {
  LandedLookup lookup(Chunk({{"packets", "a"}, {"packets", "b"}}));
  auto request = lookup.NextRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->path, "/_resolve/index/packets?filter_path=data_streams.backing_indices");
  lookup.OnAnswer(Indices({"p1", "p2", "p3"}));
  request = lookup.NextRequest();
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->path.starts_with("/_mget?"));
  EXPECT_EQ(request->body, R"({"docs":[{"_index":"p1","_id":"a"},{"_index":"p2","_id":"a"},)"
                           R"({"_index":"p1","_id":"b"},{"_index":"p2","_id":"b"}]})");
  lookup.OnAnswer(
      Answer(200, R"({"docs":[{"_id":"a"},{"_id":"a"},{"_id":"b"},{"_id":"b","_version":1}]})"));
  EXPECT_FALSE(lookup.NextRequest());
  EXPECT_EQ(lookup.landed(), (Landed{false, true}));
}

TEST_F(LandedLookupTest, AsksNothingMoreWhereAnIdIsUnique) {
  for (const auto& answer : {Indices({"p1"}), Indices({}), Answer(404, "{}"), Answer(400, "{}"),
                             Answer(403, ""), Answer(200, "no json"), Answer(200, "")}) {
    LandedLookup lookup(Chunk({{"packets", "a"}}));
    lookup.OnAnswer(answer);
    EXPECT_FALSE(lookup.NextRequest()) << answer.body;
    EXPECT_EQ(lookup.landed(), Landed{false});
  }
}

TEST_F(LandedLookupTest, AsksOnlyTheNewest) {
  LandedLookup lookup(Chunk({{"packets", "a"}}));
  lookup.OnAnswer(Indices({"p1", "p2", "p3", "p4", "p5"}));
  const auto request = lookup.NextRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, R"({"docs":[{"_index":"p2","_id":"a"},{"_index":"p3","_id":"a"},)"
                           R"({"_index":"p4","_id":"a"}]})");
}

TEST_F(LandedLookupTest, AsksAboutEachStreamForItself) {
  LandedLookup lookup(Chunk({{"one", "a"}, {"two", "a"}, {"one", "b"}}));
  lookup.OnAnswer(Indices({"o1", "o2"}));
  EXPECT_EQ(lookup.NextRequest()->body,
            R"({"docs":[{"_index":"o1","_id":"a"},{"_index":"o1","_id":"b"}]})");
  lookup.OnAnswer(Answer(200, R"({"docs":[{"_id":"a","_version":2},{"_id":"b"}]})"));
  EXPECT_EQ(lookup.NextRequest()->path,
            "/_resolve/index/two?filter_path=data_streams.backing_indices");
  lookup.OnAnswer(Answer(404, ""));
  EXPECT_FALSE(lookup.NextRequest());
  EXPECT_EQ(lookup.landed(), (Landed{true, false, false}));
}

TEST_F(LandedLookupTest, BelievesNoAnswerThatMakesNoSense) {
  for (const auto& answer :
       {Answer(403, ""), Answer(200, "{"), Answer(200, R"({"docs":[{"_version":1}]})"),
        Answer(200, R"({"docs":[{"_id":"other","_version":1}]})"),
        Answer(200, R"({"docs":[{"_id":"a","_version":"1"}]})")}) {
    LandedLookup lookup(Chunk({{"packets", "a"}}));
    lookup.OnAnswer(Indices({"p1", "p2"}));
    lookup.OnAnswer(answer);
    EXPECT_FALSE(lookup.NextRequest());
    EXPECT_EQ(lookup.landed(), Landed{false}) << answer.body;
  }
}

}  // namespace
}  // namespace espcap::elasticsearch
