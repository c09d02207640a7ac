// SPDX-License-Identifier: GPL-2.0-or-later
//
// An answer to _bulk, read without a tree, against the same answer read with one.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "elasticsearch/answer_members.h"
#include "elasticsearch/bulk_response.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

using elasticsearch::AnswerMembers;
using elasticsearch::ItemResult;
using nlohmann::json;

// How deep objects and arrays lie within each other. REQUIRES: JSON.
size_t DepthOf(std::string_view text) {
  size_t depth = 0;
  size_t most = 0;
  bool is_string = false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') is_string = !is_string;
    if (is_string) {
      if (text[at] == '\\') ++at;
    } else if (text[at] == '{' || text[at] == '[') {
      most = std::max(most, ++depth);
    } else if (text[at] == '}' || text[at] == ']') {
      --depth;
    }
  }
  return most;
}

std::string TypeOfError(const json& outcome) {
  const auto error = outcome.find("error");
  if (error == outcome.end() || !error->is_object()) return {};
  const auto type = error->find("type");
  return type == error->end() || !type->is_string() ? std::string() : type->get<std::string>();
}

// By its tree, in which each key is once; none where it is no answer about this number of
// documents.
std::optional<std::vector<ItemResult>> Expected(const json& answer, size_t documents) {
  if (!answer.is_object()) return std::nullopt;
  const auto items = answer.find("items");
  if (items == answer.end() || !items->is_array() || items->size() != documents) {
    return std::nullopt;
  }
  std::vector<ItemResult> results;
  for (const json& item : *items) {
    if (!item.is_object() || item.size() != 1 || !item.front().is_object()) return std::nullopt;
    const json& outcome = item.front();
    const auto status = outcome.find("status");
    if (status == outcome.end() || !status->is_number_integer()) return std::nullopt;
    if (*status < 100 || *status >= 600) return std::nullopt;
    const std::string type = TypeOfError(outcome);
    ItemResult& result = results.emplace_back();
    result.status = status->get<int>();
    result.verdict = elasticsearch::DecideItem(
        result.status, elasticsearch::Beginning(type, AnswerMembers::kMaxTextBytes));
  }
  return results;
}

void CheckResult(const ItemResult& result) {
  using elasticsearch::ItemAction;
  const bool is_there = result.verdict.action == ItemAction::kIndexed ||
                        result.verdict.action == ItemAction::kAlreadyThere;
  Require(result.status >= 100 && result.status < 600, "a status is HTTP's");
  Require(is_there == result.reason.empty(), "a document that isn't there has a reason");
  Require(result.reason.size() <= 4 * AnswerMembers::kMaxTextBytes, "a reason is bounded");
  static_cast<void>(json(result.reason).dump());  // throws where it is no UTF-8
}

}  // namespace

void BulkAnswer(Bytes bytes) {
  Input input(bytes);
  const size_t documents = input.Next<uint8_t>();
  const std::string_view body = input.Rest();
  base::JsonBounds bounds = elasticsearch::BulkAnswerBounds(documents);
  bounds.time = base::JsonBounds::kAnyTime;
  const auto parsed = elasticsearch::ParseBulkResponse(body, documents, bounds);
  if (parsed) {
    Require(parsed->size() == documents, "there is an outcome for each document");
    std::for_each(parsed->begin(), parsed->end(), CheckResult);
  } else {
    Require(!parsed.error().message.empty(), "an error says what is wrong");
  }
  AnswerMembers members = elasticsearch::StatusAndError();
  if (base::ReadJson(body, elasticsearch::kAnswerBounds, members)) {
    static_cast<void>(json(elasticsearch::DescribeError(members)).dump());
  }
  const json answer = json::parse(body, nullptr, false);
  Require(!parsed || !answer.is_discarded(), "only JSON is read");
  if (answer.is_discarded()) return;
  if (DepthOf(body) > bounds.depth) return Require(!parsed, "nesting is bounded");
  const auto expected = Expected(answer, documents);
  const auto again = elasticsearch::ParseBulkResponse(answer.dump(), documents, bounds);
  Require(expected.has_value() == again.has_value(), "both readers agree whether it is an answer",
          again ? "" : again.error().message);
  for (size_t at = 0; expected && at < expected->size(); ++at) {
    Require(expected->at(at).status == again->at(at).status, "both readers see one status");
    Require(expected->at(at).verdict.action == again->at(at).verdict.action,
            "both readers come to one verdict");
  }
}

}  // namespace espcap::fuzz
