// SPDX-License-Identifier: GPL-2.0-or-later
//
// The policy of retries before what real servers answered under each fault (tests/data).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "elasticsearch/bulk_response.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/retry_policy.h"

namespace espcap::elasticsearch {
namespace {

using Actions = std::set<ItemAction>;

// What is to be done with a request as a whole, or with the documents in it.
struct Expected {
  const char* fault;
  RequestAction request;
  Actions items = {};
};

constexpr auto kItems = RequestAction::kReadItems;
constexpr auto kDivide = RequestAction::kDivide;
constexpr auto kWait = RequestAction::kWait;
constexpr auto kMoveOn = RequestAction::kMoveOn;

const Actions kDead = {ItemAction::kDead};
const Actions kRetry = {ItemAction::kRetry};
const Actions kIndexedDead = {ItemAction::kIndexed, ItemAction::kDead};
const Actions kIndexedRetry = {ItemAction::kIndexed, ItemAction::kRetry};

const Expected kExpected[] = {
    {"action_malformed", kDivide},
    {"action_parameter_unknown", kDivide},
    {"action_unknown", kDivide},
    {"action_without_index", kDivide},
    {"alias_without_write_index", kItems, kDead},
    {"body_empty", kDivide},
    {"breaker_inflight_requests", kWait},
    {"breaker_parent", kWait},
    {"cluster_read_only", kWait},
    {"cluster_read_only_allow_delete", kWait},
    {"content_too_long", RequestAction::kSplit},
    {"content_too_long_gzip", RequestAction::kSplit},
    {"content_type_missing", kMoveOn},
    {"content_type_text", kMoveOn},
    {"data_stream", kItems, {ItemAction::kDead, ItemAction::kAlreadyThere}},
    {"document_too_deep", kItems, kDead},
    {"encoding_unknown", kDivide},
    {"field_limit", kItems, kDead},
    {"flood_stage_block", kItems, kIndexedRetry},
    {"gzip_cut", kDivide},
    {"id_empty", kItems, kIndexedDead},
    {"id_too_long", kDivide},
    {"immense_term", kItems, kDead},
    {"index_closed", kItems, kIndexedRetry},
    {"index_not_found", kItems, kIndexedRetry},
    {"indexed", kItems, {ItemAction::kIndexed}},
    {"indexing_pressure", kWait},
    {"invalid_index_name", kItems, kIndexedDead},
    {"invalid_utf8", kItems, kDead},
    {"malformed_document", kItems, kIndexedDead},
    {"mapping_conflict_date", kItems, kIndexedDead},
    {"mapping_conflict_ip", kItems, kIndexedDead},
    {"mapping_conflict_long", kItems, kIndexedDead},
    {"mapping_conflict_object", kItems, kIndexedDead},
    {"mapping_depth_limit", kItems, kDead},
    {"master_missing", kWait},
    {"mixed",
     kItems,
     {ItemAction::kIndexed, ItemAction::kDead, ItemAction::kAlreadyThere, ItemAction::kRetry}},
    {"newline_missing", kDivide},
    {"parameter_unknown", kDivide},
    {"pipeline_missing", kItems, kDead},
    {"queue_full", kItems, kIndexedRetry},
    {"read_only_block", kItems, kIndexedRetry},
    {"shard_limit", kItems, kIndexedRetry},
    {"state_not_recovered", kWait},
    {"strict_mapping", kItems, kDead},
    {"unavailable_shards", kItems, kIndexedRetry},
    {"version_conflict", kItems, {ItemAction::kIndexed, ItemAction::kAlreadyThere}},
    {"wait_for_active_shards", kItems, kRetry},
    {"write_block", kItems, kIndexedRetry},
};

class RecordedAnswersTest : public ::testing::TestWithParam<const char*> {
 protected:
  static nlohmann::json Read(const std::string& fault) {
    const auto path = std::filesystem::path(ESPCAP_TEST_DATA) / "bulk_responses" / GetParam();
    std::ifstream file(path / (fault + ".json"));
    EXPECT_TRUE(file) << fault;
    return nlohmann::json::parse(file);
  }
};

TEST_P(RecordedAnswersTest, EachHasItsConsequence) {
  for (const Expected& expected : kExpected) {
    SCOPED_TRACE(expected.fault);
    const nlohmann::json recorded = Read(expected.fault);
    const nlohmann::json& answer = recorded["filtered"];
    const http::HttpResponse response{answer["status"].get<long>(),
                                      answer["body"].get<std::string>()};
    EXPECT_EQ(DecideRequest(response.status, ErrorTypeOf(response)).action, expected.request);
    if (expected.request != kItems) continue;
    const size_t documents = nlohmann::json::parse(response.body)["items"].size();
    const auto items = ParseBulkResponse(response.body, documents);
    ASSERT_TRUE(items) << items.error().message;
    Actions actions;
    for (const ItemResult& item : *items) {
      actions.insert(item.verdict.action);
      const bool is_there = item.verdict.action == ItemAction::kIndexed ||
                            item.verdict.action == ItemAction::kAlreadyThere;
      EXPECT_EQ(item.reason.empty(), is_there);
    }
    EXPECT_EQ(actions, expected.items);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, RecordedAnswersTest,
                         ::testing::Values("elasticsearch-8.15.5", "opensearch-2.19.1"),
                         [](const auto& server) {
                           return std::string(server.param).substr(0, 4) == "elas"
                                      ? std::string("elasticsearch")
                                      : std::string("opensearch");
                         });

}  // namespace
}  // namespace espcap::elasticsearch
