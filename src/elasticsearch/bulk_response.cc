// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/bulk_response.h"

#include "elasticsearch/json_answer.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

std::string ReasonOfItem(const json& item) {
  if (!item.contains("error")) return "no reason given";
  const json& error = item["error"];
  return error.is_object() ? DescribeError(error) : error.dump();
}

std::string ErrorTypeOf(const json& item) {
  const auto error = item.find("error");
  return error != item.end() && error->is_object() ? base::TextMember(*error, "type")
                                                   : std::string();
}

// 0 where there is none.
int StatusOf(const json& item) {
  const auto found = item.find("status");
  if (found == item.end() || !found->is_number_integer()) return 0;
  const auto status = found->get<int64_t>();
  return status >= 100 && status < 600 ? static_cast<int>(status) : 0;
}

}  // namespace

Result<std::vector<ItemResult>> ParseBulkResponse(std::string_view body, size_t document_count) {
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("items") || !answer["items"].is_array()) {
    return Fail("the answer is no bulk response");
  }
  const json& items = answer["items"];
  if (items.size() != document_count) {
    return Fail("the answer is about {} documents, not {}", items.size(), document_count);
  }
  std::vector<ItemResult> results;
  results.reserve(items.size());
  for (const json& entry : items) {
    // {"create":{"status":201,…}}
    if (!entry.is_object() || entry.size() != 1 || !entry.begin()->is_object()) {
      return Fail("the answer holds an item without outcome");
    }
    const json& item = *entry.begin();
    ItemResult result;
    result.status = StatusOf(item);
    if (result.status == 0) return Fail("the answer holds an item without status");
    result.verdict = DecideItem(result.status, ErrorTypeOf(item));
    const bool is_there = result.verdict.action == ItemAction::kIndexed ||
                          result.verdict.action == ItemAction::kAlreadyThere;
    if (!is_there) result.reason = ReasonOfItem(item);
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace espcap::elasticsearch
