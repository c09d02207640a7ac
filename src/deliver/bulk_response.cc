// SPDX-License-Identifier: GPL-2.0-or-later
#include "deliver/bulk_response.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace espcap::deliver {
namespace {

using nlohmann::json;

std::string DescribeError(const json& item) {
  if (!item.contains("error")) return "no reason given";
  const json& error = item["error"];
  if (!error.is_object()) return error.dump();
  std::string text = fmt::format("{}: {}", error.value("type", "error"), error.value("reason", ""));
  if (error.contains("caused_by") && error["caused_by"].is_object()) {
    text += fmt::format(" ({})", error["caused_by"].value("reason", ""));
  }
  return text;
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
    result.status = item.value("status", 0);
    result.outcome = DecideItem(result.status);
    if (result.outcome == ItemOutcome::kRefused) result.reason = DescribeError(item);
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace espcap::deliver
