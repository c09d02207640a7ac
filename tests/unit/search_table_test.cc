// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/search_table.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(SearchTable, HasARowForEachInnermostBucket) {
  const auto table = TableOf(
      R"({"size": 0, "aggs": {"source": {"terms": {"field": "s"}, "aggs": {
           "bytes": {"sum": {"field": "b"}},
           "destination": {"terms": {"field": "d"}, "aggs": {"bytes": {"sum": {"field": "b"}}}}}}}})",
      R"({"aggregations": {"source": {"buckets": [
           {"key": "10.0.0.1", "doc_count": 3, "bytes": {"value": 9.0}, "destination": {"buckets": [
             {"key": "10.0.0.2", "doc_count": 2, "bytes": {"value": 7.0}},
             {"key": "10.0.0.3", "doc_count": 1, "bytes": {"value": 2.5}}]}}]}}})");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->columns,
            (std::vector<std::string>{"source", "destination", "packets", "bytes"}));
  EXPECT_EQ(table->rows,
            (Rows{{"10.0.0.1", "10.0.0.2", "2", "7"}, {"10.0.0.1", "10.0.0.3", "1", "2.5"}}));
}

TEST(SearchTable, HasARowForEachDocumentWhereNothingIsAggregated) {
  const auto table = TableOf(
      R"({"docvalue_fields": ["layers.ip.src", {"field": "layers.frame.n"}]})",
      R"({"hits": {"hits": [{"fields": {"layers.ip.src": ["a", "b"], "layers.frame.n": [7]}},
                            {"_id": "x"}]}})");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->columns, (std::vector<std::string>{"src", "n"}));
  EXPECT_EQ(table->rows, (Rows{{"a,b", "7"}, {"", ""}}));
}

TEST(SearchTable, IsEmptyWhereNothingIsFound) {
  const auto table = TableOf(R"({"aggs": {"a": {"terms": {"field": "f"}}}})",
                             R"({"hits": {}, "aggregations": {"a": {"buckets": []}}})");
  ASSERT_TRUE(table);
  EXPECT_TRUE(table->rows.empty());
  EXPECT_EQ(FormatTable(*table), "a  packets\n");
}

// Names in packets are anybody's.
TEST(SearchTable, HasNothingThatATerminalObeys) {
  const auto table = TableOf(R"({"docvalue_fields": ["name"]})",
                             R"({"hits": {"hits": [{"fields": {"name": ["\u001b[2J\n"]}}]}})");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(FormatTable(*table), "name\n\\x1b[2J\\x0a\n");
}

TEST(SearchTable, SaysWhatItCannotShow) {
  EXPECT_FALSE(TableOf("[]", "{}"));
  EXPECT_FALSE(TableOf("{}", "no JSON"));
  EXPECT_FALSE(TableOf(R"({"aggs": {"a": {"sum": {"field": "f"}}}})", "{}"));
}

TEST(SearchTable, MembersOfAnotherKindAreAnError) {
  const std::string request = R"({"aggs": {"a": {"terms": {"field": "f"}}}})";
  for (const char* answer :
       {R"({"aggregations": {"a": 5}})", R"({"aggregations": {"a": {"buckets": [5]}}})", R"([])",
        R"("text")"}) {
    const auto table = TableOf(request, answer);
    ASSERT_FALSE(table) << answer;
    EXPECT_EQ(table.error().message, "the answer isn't understood");
  }
  EXPECT_FALSE(TableOf(R"({"docvalue_fields": ["a"]})", R"({"hits": {"hits": [5]}})"));
}

TEST(SearchTable, AnAnswerHasBounds) {
  const std::string request = R"({"docvalue_fields": ["a"]})";
  constexpr size_t kDepth = 500'000;
  const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
  for (const auto& [asked, answer, fault] :
       {std::tuple{request, R"({"hits": {"hits": [{"fields": {"a": )" + nested + "}}]}}",
                   "the answer is nested deeper than 1000 levels"},
        std::tuple{nested, std::string("{}"), "the query is nested deeper than 1000 levels"},
        std::tuple{request, std::string(kMaxSearchAnswerBytes + 1, ' '),
                   "the answer is longer than 16777216 bytes"}}) {
    const auto table = TableOf(asked, answer);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().message, fault);
  }
}

TEST(SearchTable, StandsInColumns) {
  EXPECT_EQ(FormatTable({{"name", "packets"}, {{"www.example.test", "3"}, {"a", "12"}}}),
            "name              packets\n"
            "www.example.test  3\n"
            "a                 12\n");
}

}  // namespace
}  // namespace espcap::elasticsearch
