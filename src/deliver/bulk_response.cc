// SPDX-License-Identifier: GPL-2.0-or-later
#include "deliver/bulk_response.h"

#include "deliver/json_answer.h"

namespace espcap::deliver {
namespace {

using nlohmann::json;

std::string ReasonOfItem(const json& item) {
  if (!item.contains("error")) return "no reason given";
  const json& error = item["error"];
  return error.is_object() ? DescribeError(error) : error.dump();
}

// 0 where there is none.
int StatusOf(const json& item) {
  const auto found = item.find("status");
  if (found == item.end() || !found->is_number_integer()) return 0;
  const auto status = found->get<int64_t>();
  return status >= 100 && status < 600 ? static_cast<int>(status) : 0;
}

}  // namespace

ItemOutcome DecideItem(int status) {
  if (status >= 200 && status < 300) return ItemOutcome::kIndexed;
  // Only `create` is ever sent: a conflict means that the document is there.
  if (status == 409) return ItemOutcome::kAlreadyThere;
  return ItemOutcome::kRefused;
}

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
    result.outcome = DecideItem(result.status);
    if (result.outcome == ItemOutcome::kRefused) result.reason = ReasonOfItem(item);
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace espcap::deliver
