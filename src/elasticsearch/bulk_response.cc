// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/bulk_response.h"

#include <algorithm>
#include <utility>

#include "elasticsearch/answer_members.h"

namespace espcap::elasticsearch {
namespace {

using Kind = AnswerMembers::Member::Kind;

constexpr const char* kNoBulkResponse = "the answer is no bulk response";
constexpr const char* kNoOutcome = "the answer holds an item without outcome";

// {"items":[{"create":{"status":201,…}},…]}, by the number of objects and arrays that are open.
class BulkReader final : public base::JsonVisitor {
 public:
  explicit BulkReader(size_t document_count) : document_count_(document_count) {
    results_.reserve(document_count);
  }

  // Why it doesn't go on; "" where it does.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  // REQUIRES: all is read.
  Result<std::vector<ItemResult>> Finish() {
    if (!has_items_) return Fail("{}", kNoBulkResponse);
    if (results_.size() == document_count_) return std::move(results_);
    return Fail("the answer is about {} documents, not {}", results_.size(), document_count_);
  }

  bool OpenObject() override { return Open(true); }
  bool OpenArray() override { return Open(false); }
  bool Close() override;
  bool Key(std::string_view name) override {
    if (depth_ == kAnswer) is_in_items_ = name == "items";
    return !IsInOutcome() || members_.Key(name);
  }
  bool Text(std::string_view text) override {
    return IsInOutcome() ? members_.Text(text) : ReadScalar();
  }
  bool Integer(int64_t number) override {
    return IsInOutcome() ? members_.Integer(number) : ReadScalar();
  }
  bool OtherScalar() override { return IsInOutcome() ? members_.OtherScalar() : ReadScalar(); }

 private:
  static constexpr size_t kAnswer = 1;
  static constexpr size_t kItems = 2;
  static constexpr size_t kItem = 3;
  static constexpr size_t kOutcome = 4;

  [[nodiscard]] bool IsInOutcome() const { return is_in_items_ && depth_ >= kOutcome; }
  bool Open(bool is_object);
  bool ReadScalar();
  bool ReadOutcome();
  bool Refuse(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  size_t document_count_;
  std::vector<ItemResult> results_;
  std::string fault_;
  size_t depth_ = 0;
  bool has_items_ = false;
  bool is_in_items_ = false;  // or in their value, whatever it is
  bool has_outcome_ = false;  // of the item that is open
  AnswerMembers members_ = StatusAndError();
};

bool BulkReader::Open(bool is_object) {
  ++depth_;
  if (depth_ == kAnswer) return is_object || Refuse(kNoBulkResponse);
  if (!is_in_items_) return true;
  if (depth_ == kItems) {
    if (is_object || has_items_) return Refuse(kNoBulkResponse);
    has_items_ = true;
    return true;
  }
  if (depth_ == kItem) {
    if (results_.size() == document_count_) {
      return Refuse(fmt::format("the answer is about more than {} documents", document_count_));
    }
    has_outcome_ = false;
    return is_object || Refuse(kNoOutcome);
  }
  if (depth_ == kOutcome) {
    if (!is_object || has_outcome_) return Refuse(kNoOutcome);
    has_outcome_ = true;
    members_.Clear();
  }
  return is_object ? members_.OpenObject() : members_.OpenArray();
}

bool BulkReader::Close() {
  const size_t closed = depth_--;
  if (!is_in_items_) return true;
  if (closed == kItem) return has_outcome_ || Refuse(kNoOutcome);
  if (closed >= kOutcome) members_.Close();
  return closed != kOutcome || ReadOutcome();
}

// Outside of an outcome.
bool BulkReader::ReadScalar() {
  if (depth_ == kAnswer - 1) return Refuse(kNoBulkResponse);
  if (!is_in_items_) return true;
  return Refuse(depth_ == kAnswer ? kNoBulkResponse : kNoOutcome);
}

bool BulkReader::ReadOutcome() {
  const AnswerMembers::Member& status = members_.at("/status");
  if (!status.is(Kind::kInteger) || status.integer < 100 || status.integer >= 600) {
    return Refuse("the answer holds an item without status");
  }
  ItemResult& result = results_.emplace_back();
  result.status = static_cast<int>(status.integer);
  result.verdict = DecideItem(result.status, members_.TextAt("/error/type"));
  const bool is_there = result.verdict.action == ItemAction::kIndexed ||
                        result.verdict.action == ItemAction::kAlreadyThere;
  if (is_there) return true;
  result.reason = DescribeError(members_);
  if (result.reason.empty()) result.reason = "no reason given";
  return true;
}

}  // namespace

base::JsonBounds BulkAnswerBounds(size_t document_count) {
  constexpr size_t kBytesOfAnError = 4096;
  constexpr size_t kMaxBytes = size_t{64} << 20U;
  const size_t documents = std::min(document_count, kMaxBytes / kBytesOfAnError);
  return {.bytes = std::min(kMaxBytes, http::kMaxResponseBytes + documents * kBytesOfAnError)};
}

Result<std::vector<ItemResult>> ParseBulkResponse(std::string_view body, size_t document_count,
                                                  const base::JsonBounds& bounds) {
  BulkReader reader(document_count);
  const auto read = base::ReadJson(body, bounds, reader);
  if (!reader.fault().empty()) return Fail("{}", reader.fault());
  if (!read) return Fail("the answer is {}", read.error().message);
  return reader.Finish();
}

}  // namespace espcap::elasticsearch
