// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/figure_answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "elasticsearch/figure_query.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

constexpr const char* kQuery = R"({"bool":{"filter":[{"match_all":{}}]}})";

TEST(FigureQueryTest, BodiesHaveTheQueryAndNoDocuments) {
  for (const std::string& body :
       {TotalsBody(kQuery), TermsBody(kQuery, {.field = "f"}), PairsBody(kQuery, "a", "b"),
        CountsBody(kQuery, {"x:1"}), HistogramBody(kQuery, {"x:1"}, 1000)}) {
    const json tree = json::parse(body);
    EXPECT_EQ(tree["size"], 0) << body;
    EXPECT_EQ(tree["query"]["bool"]["filter"][0], json::parse(kQuery)) << body;
  }
  const json time = json::parse(WithinTime(kQuery, -5, 7));
  EXPECT_EQ(time["bool"]["filter"][1]["range"]["timestamp"]["gte"], -5);
  EXPECT_EQ(time["bool"]["filter"][1]["range"]["timestamp"]["lte"], 7);
}

TEST(FigureQueryTest, AFilterAndAnOrderAreTheTerms) {
  const json tree = json::parse(
      TermsBody(kQuery, {.field = "f", .filter = "x:\"\\\"\"", .by_bytes = true, .size = 3}));
  EXPECT_EQ(tree["query"]["bool"]["filter"][1]["query_string"]["query"], "x:\"\\\"\"");
  EXPECT_EQ(tree["aggs"]["terms"]["terms"]["order"]["bytes"], "desc");
  EXPECT_EQ(tree["aggs"]["terms"]["terms"]["size"], 3);
  EXPECT_GT(tree["aggs"]["terms"]["terms"]["shard_size"], 3);
}

TEST(FigureAnswerTest, TotalsAreRead) {
  const auto totals = ReadTotals(
      R"({"hits":{"total":{"value":92,"relation":"eq"}},"aggregations":{
          "bytes":{"value":9.5E3},"first":{"value":1.439587238915E12},"last":{"value":1439587238916}}})");
  ASSERT_TRUE(totals) << totals.error().message;
  EXPECT_EQ(totals->packets, 92U);
  EXPECT_EQ(totals->bytes, 9500U);
  EXPECT_EQ(totals->first_ms, 1'439'587'238'915);
  EXPECT_EQ(totals->last_ms, 1'439'587'238'916);
  const auto none = ReadTotals(
      R"({"hits":{"total":{"value":0}},"aggregations":{"first":{"value":null},"last":{"value":null}}})");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->first_ms);
}

TEST(FigureAnswerTest, TermsSayWhetherTheyAreExact) {
  struct Case {
    int error;
    int others;
    bool is_approximate;
    bool is_cut;
  };
  for (const Case& each : {Case{0, 0, false, false}, Case{0, 5, false, true},
                           Case{2, 5, true, true}, Case{-1, 5, true, true}}) {
    const json answer = {{"aggregations",
                          {{"terms",
                            {{"doc_count_error_upper_bound", each.error},
                             {"sum_other_doc_count", each.others},
                             {"buckets",
                              {{{"key", "a"}, {"doc_count", 3}, {"bytes", {{"value", 300.0}}}},
                               {{"key", 443}, {"doc_count", 2}},
                               {{"key", 1}, {"key_as_string", "true"}, {"doc_count", 1}}}}}},
                           {"distinct", {{"value", 9}}}}}};
    const auto terms = ReadTerms(answer.dump());
    ASSERT_TRUE(terms) << terms.error().message;
    EXPECT_EQ(terms->is_approximate, each.is_approximate);
    EXPECT_EQ(terms->is_cut, each.is_cut);
    ASSERT_EQ(terms->terms.size(), 3U);
    EXPECT_EQ(terms->terms[0].value, "a");
    EXPECT_EQ(terms->terms[0].bytes, 300U);
    EXPECT_EQ(terms->terms[1].value, "443");
    EXPECT_EQ(terms->terms[2].value, "true");
    EXPECT_EQ(terms->distinct, 9U);
  }
}

TEST(FigureAnswerTest, PairsCountsAndTimesAreRead) {
  const auto pairs = ReadPairs(R"({"aggregations":{"from":{"sum_other_doc_count":0,"buckets":[
      {"key":"10.0.0.1","to":{"sum_other_doc_count":1,"buckets":[
          {"key":"10.0.0.2","doc_count":4,"bytes":{"value":40}}]}}]}}})");
  ASSERT_TRUE(pairs);
  ASSERT_EQ(pairs->pairs.size(), 1U);
  EXPECT_EQ(pairs->pairs[0].from, "10.0.0.1");
  EXPECT_EQ(pairs->pairs[0].to, "10.0.0.2");
  EXPECT_EQ(pairs->pairs[0].bytes, 40U);
  EXPECT_TRUE(pairs->is_cut);

  const std::string counts =
      R"("counts":{"buckets":{"0":{"doc_count":1},"1":{"doc_count":2,"bytes":{"value":20}}}})";
  const auto two = ReadCounts("{\"aggregations\":{" + counts + "}}", 2);
  ASSERT_TRUE(two);
  EXPECT_EQ((*two)[1].packets, 2U);
  EXPECT_EQ((*two)[1].bytes, 20U);

  const auto time = ReadHistogram(
      R"({"aggregations":{"time":{"buckets":[{"key":-1000,"doc_count":3,)" + counts + "}]}}}", 2);
  ASSERT_TRUE(time);
  ASSERT_EQ(time->size(), 1U);
  EXPECT_EQ((*time)[0].begin_ms, -1000);
  EXPECT_EQ((*time)[0].packets, 3U);
  EXPECT_EQ((*time)[0].counts[0].packets, 1U);
}

TEST(FigureAnswerTest, RunsAreRead) {
  const auto runs = ReadRuns(R"({"hits":{"hits":[{"_source":{"run":"r","sensor":"s","state":"ended",
      "started":"2026-03-01T12:00:00Z","lost":2,"ledger":{"captured":9,"indexed":7},
      "sensors":[{"sensor":"a","lost":3},{"sensor":"b","lost":4},5]}},{}]}})");
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 2U);
  EXPECT_EQ((*runs)[0].sensor, "s");
  EXPECT_EQ((*runs)[0].captured, 9U);
  EXPECT_EQ((*runs)[0].lost, 2U);
  EXPECT_EQ((*runs)[0].lost_at_sensors, 7U);
  EXPECT_EQ((*runs)[1].run, "");
}

TEST(FigureAnswerTest, WhatAServerShouldNotSayIsNoFault) {
  for (
      const std::string answer :
      {"{}", R"({"aggregations":7,"hits":[]})", R"({"aggregations":{"terms":{"buckets":{"a":1}}}})",
       R"({"aggregations":{"terms":{"buckets":[7,null,"x",[]]},"from":{"buckets":"x"}}})",
       R"({"aggregations":{"bytes":{"value":1e999},"first":{"value":"x"},"counts":{"buckets":[1]}}})",
       R"({"hits":{"total":{"value":-3},"hits":"x"},"aggregations":{"time":{"buckets":[[]]}}})"}) {
    static_cast<void>(ReadTotals(answer));
    static_cast<void>(ReadTerms(answer));
    static_cast<void>(ReadPairs(answer));
    static_cast<void>(ReadCounts(answer, 2));
    static_cast<void>(ReadHistogram(answer, 2));
    static_cast<void>(ReadRuns(answer));
  }
  EXPECT_FALSE(ReadTerms("[1,"));
  EXPECT_FALSE(ReadTotals(""));
}

}  // namespace
}  // namespace espcap::elasticsearch
