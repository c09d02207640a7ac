// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/bulk_response.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace espcap::elasticsearch {
namespace {

// What Elasticsearch 8.15 answers, whole.
constexpr const char* kAnswer = R"json({
  "errors": true, "took": 12,
  "items": [
    {"create": {"_index": "packets-2024-02-29", "_id": "A-1", "_version": 1,
      "result": "created", "_shards": {"total": 1, "successful": 1, "failed": 0}, "_seq_no": 0,
      "_primary_term": 1, "status": 201}},
    {"create": {"_index": "packets-2024-02-29", "_id": "A-2", "status": 409,
      "error": {"type": "version_conflict_engine_exception",
        "reason": "[A-2]: version conflict, document already exists (current version [1])",
        "index_uuid": "aAsFqTI0Tc2W0LCWgPNrOA", "shard": "0", "index": "packets-2024-02-29"}}},
    {"create": {"_index": "packets-2024-02-29", "_id": "A-3", "status": 400,
      "error": {"type": "document_parsing_exception",
        "reason": "[1:14] failed to parse field [timestamp] of type [date] in document )json"
                                R"json(with id 'A-3'. Preview of field's value: '0-12'",
        "caused_by": {"type": "illegal_argument_exception",
          "reason": "failed to parse date field [0-12] with format [epoch_millis]",
          "caused_by": {"type": "date_time_parse_exception",
            "reason": "Failed to parse with all enclosed parsers"}}}}},
    {"create": {"_index": "packets-2024-02-29", "_id": "A-4", "status": 429,
      "error": {"type": "es_rejected_execution_exception",
        "reason": "rejected execution of coordinating operation )json"
                                R"json([coordinating_and_primary_bytes=53687091]"}}}
  ]
})json";

TEST(ParseBulkResponse, ReadsEachOutcomeByItsPosition) {
  const auto results = ParseBulkResponse(kAnswer, 4);
  ASSERT_TRUE(results) << results.error().message;
  struct Case {
    ItemAction action;
    int status;
    const char* reason;
  };
  const Case cases[] = {
      {ItemAction::kIndexed, 201, ""},
      {ItemAction::kAlreadyThere, 409, ""},
      {ItemAction::kDead, 400,
       "document_parsing_exception: [1:14] failed to parse field [timestamp] of type [date] in "
       "document with id 'A-3'. Preview of field's value: '0-12' "
       "(failed to parse date field [0-12] with format [epoch_millis])"},
      {ItemAction::kRetry, 429,
       "es_rejected_execution_exception: rejected execution of coordinating operation "
       "[coordinating_and_primary_bytes=53687091]"},
  };
  ASSERT_EQ(results->size(), std::size(cases));
  for (size_t i = 0; i < std::size(cases); ++i) {
    EXPECT_EQ((*results)[i].verdict.action, cases[i].action) << i;
    EXPECT_EQ((*results)[i].status, cases[i].status) << i;
    EXPECT_EQ((*results)[i].reason, cases[i].reason) << i;
  }
}

TEST(ParseBulkResponse, ReadsTheFilteredAnswer) {
  const auto results =
      ParseBulkResponse(R"({"items":[{"create":{"status":201}},{"create":{"status":409,"error":)"
                        R"({"type":"version_conflict_engine_exception"}}}]})",
                        2);
  ASSERT_TRUE(results) << results.error().message;
  EXPECT_EQ((*results)[0].verdict.action, ItemAction::kIndexed);
  EXPECT_EQ((*results)[1].verdict.action, ItemAction::kAlreadyThere);
}

TEST(ParseBulkResponse, AnEmptyAnswerFitsNoDocuments) {
  const auto results = ParseBulkResponse(R"({"items":[]})", 0);
  ASSERT_TRUE(results) << results.error().message;
  EXPECT_TRUE(results->empty());
}

TEST(ParseBulkResponse, RefusesWhatIsNoAnswerToTheseDocuments) {
  struct Case {
    const char* body;
    const char* says;
  };
  const Case cases[] = {
      {"", "no JSON"},
      {"<html><body>Bad Gateway</body></html>", "no JSON"},
      {"5", "no bulk response"},
      {R"("items")", "no bulk response"},
      {"[]", "no bulk response"},
      {"null", "no bulk response"},
      {"{}", "no bulk response"},
      {R"({"items":{}})", "no bulk response"},
      {R"({"items":null})", "no bulk response"},
      {R"({"error":"overloaded","status":429})", "no bulk response"},
      {R"({"items":[{"create":{"status":201}}]},"items":[]})", "no JSON"},
      {R"({"items":[{"create":{"status":201}}],"items":[]})", "no bulk response"},
      {R"({"items":{"items":[{"create":{"status":201}}]}})", "no bulk response"},
      {R"({"x":{"items":[{"create":{"status":201}}]}})", "no bulk response"},
      {R"([{"items":[{"create":{"status":201}}]}])", "no bulk response"},
      {R"({"items":[{"create":{"status":201}})", "no JSON"},  // cut off
      {R"({"items":[]})", "0 documents, not 1"},
      {R"({"items":[{"create":{"status":201}},{"create":{"status":201}}]})",
       "more than 1 documents"},
      {R"({"items":[{}]})", "item without outcome"},
      {R"({"items":[null]})", "item without outcome"},
      {R"({"items":[5]})", "item without outcome"},
      {R"({"items":[[{"create":{"status":201}}]]})", "item without outcome"},
      {R"({"items":[{"create":201}]})", "item without outcome"},
      {R"({"items":[{"create":[{"status":201}]}]})", "item without outcome"},
      {R"({"items":[{"create":{"status":201},"index":{"status":201}}]})", "item without outcome"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.body);
    const auto results = ParseBulkResponse(c.body, 1);
    ASSERT_FALSE(results);
    EXPECT_NE(results.error().message.find(c.says), std::string::npos) << results.error().message;
  }
}

struct ReasonCase {
  const char* item;
  const char* reason;
};

void ExpectRefused(const ReasonCase& c) {
  SCOPED_TRACE(c.item);
  const std::string body = std::string(R"({"items":[{"create":)") + c.item + "}]}";
  Result<std::vector<ItemResult>> results;
  ASSERT_NO_THROW(results = ParseBulkResponse(body, 1));
  ASSERT_TRUE(results) << results.error().message;
  EXPECT_EQ(results->front().reason, c.reason);
}

TEST(ParseBulkResponse, GivesTheReasonItFinds) {
  const ReasonCase cases[] = {
      {R"({"status":400})", "no reason given"},
      {R"({"status":400,"error":"too bad"})", "too bad"},
      {R"({"status":400,"error":["too bad"]})", "no reason given"},
      {R"({"status":400,"error":null})", "no reason given"},
      {R"({"error":{"z":{"type":"x"},"type":"a","reason":"b"},"x":{"status":1},"status":400})",
       "a: b"},
      {R"({"status":400,"error":{"reason":"b"}})", "error: b"},
      {R"({"status":400,"error":{"type":"a"}})", "a: "},
      {R"({"status":400,"error":{"type":"a","reason":"b","caused_by":{"reason":"c"}}})",
       "a: b (c)"},
      {R"({"status":400,"error":{"type":"a","reason":"b","caused_by":"c"}})", "a: b"},
  };
  for (const ReasonCase& c : cases) ExpectRefused(c);
}

// Elasticsearch writes `"reason": null` for an exception without message.
TEST(ParseBulkResponse, TakesANullForAReason) {
  ExpectRefused({R"({"status":500,"error":{"type":"null_pointer_exception","reason":null}})",
                 "null_pointer_exception: "});
  ExpectRefused({R"({"status":400,"error":{"type":"a","reason":"b","caused_by":{"type":"c",)"
                 R"("reason":null}}})",
                 "a: b"});
}

// What became of such a document isn't known.
TEST(ParseBulkResponse, AnItemWithoutAStatusMakesTheAnswerUnreadable) {
  for (const char* item :
       {R"({"status":"201"})", R"({"status":null})", R"({"status":{}})", R"({"status":[201]})",
        R"({"status":7})", R"({"status":1e9})", R"({"error":{"type":"a","reason":"b"}})"}) {
    const std::string body = std::string(R"({"items":[{"create":)") + item + "}]}";
    Result<std::vector<ItemResult>> results;
    EXPECT_NO_THROW(results = ParseBulkResponse(body, 1)) << body;
    ASSERT_FALSE(results) << body;
    EXPECT_NE(results.error().message.find("without status"), std::string::npos);
  }
}

TEST(ParseBulkResponse, ValuesBesideTheItemsAreOfNoMatter) {
  const auto results = ParseBulkResponse(
      R"({"a":[[{"status":7}]],"items":[{"create":{"status":201}}],"b":{"items":5},"c":"items"})",
      1);
  ASSERT_TRUE(results) << results.error().message;
  EXPECT_EQ(results->size(), 1U);
}

TEST(ParseBulkResponse, DeepNestingIsAnError) {
  constexpr size_t kDepth = 500'000;
  const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
  for (const std::string& body : {std::string(kDepth, '['), nested, R"({"items":)" + nested + "}",
                                  R"({"items":[{"create":{"status":201,"x":)" + nested + "}}]}",
                                  R"({"items":[{"create":{"status":400,"error":)" + nested + "}}]}",
                                  R"({"items":[{"create":{"status":201}}],"x":)" + nested + "}"}) {
    EXPECT_FALSE(ParseBulkResponse(body, 1)) << body.substr(0, 60);
  }
  const auto results =
      ParseBulkResponse(R"({"items":[{"create":{"status":400,"error":)" + nested + "}}]}", 1);
  EXPECT_EQ(results.error().message, "the answer is nested deeper than 64 levels");
}

TEST(ParseBulkResponse, EndsAtTheFirstItemTooMany) {
  std::string body = R"({"items":[)";
  while (body.size() < 500'000) body += R"({"create":{"status":201}},)";
  const auto results = ParseBulkResponse(body + "no JSON", 2);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().message, "the answer is about more than 2 documents");
}

TEST(ParseBulkResponse, LongReasonsAreCut) {
  const std::string text(100'000, 'x');
  base::JsonBounds bounds = BulkAnswerBounds(1);
  bounds.time = base::JsonBounds::kAnyTime;
  const auto results = ParseBulkResponse(R"({"items":[{"create":{"status":400,"error":{"type":")" +
                                             text + R"(","reason":")" + text +
                                             R"(","caused_by":{"reason":")" + text + R"("}}}}]})",
                                         1, bounds);
  ASSERT_TRUE(results) << results.error().message;
  EXPECT_LT(results->front().reason.size(), 7000U);
}

TEST(ParseBulkResponse, HasBoundsByTheNumberOfDocuments) {
  EXPECT_EQ(BulkAnswerBounds(0).bytes, size_t{1} << 20U);
  EXPECT_EQ(BulkAnswerBounds(1000).bytes, (size_t{1} << 20U) + 1000 * 4096);
  EXPECT_EQ(BulkAnswerBounds(1'000'000).bytes, size_t{64} << 20U);
  EXPECT_EQ(BulkAnswerBounds(SIZE_MAX).bytes, size_t{64} << 20U);
  const auto long_one = ParseBulkResponse(std::string(BulkAnswerBounds(1).bytes + 1, ' '), 1);
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().message, "the answer is longer than 1052672 bytes");
}

TEST(ParseBulkResponse, HasItsTime) {
  std::string body = R"({"items":[)";
  for (int i = 0; i < 1000; ++i) body += R"({"create":{"status":201}},)";
  body += R"({"create":{"status":201}}]})";
  base::JsonBounds bounds = BulkAnswerBounds(1001);
  EXPECT_TRUE(ParseBulkResponse(body, 1001, bounds));
  bounds.clock = [] {
    static std::chrono::nanoseconds now{0};
    return now += std::chrono::seconds(1);
  };
  const auto results = ParseBulkResponse(body, 1001, bounds);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().message, "the answer is too much to read in 50 ms");
}

}  // namespace
}  // namespace espcap::elasticsearch
