// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/hit_page.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "base/bounded_json.h"

namespace espcap::elasticsearch {
namespace {

constexpr size_t kDigestDigits = 16;

std::optional<uint64_t> ParseDigest(std::string_view text) {
  uint64_t digest = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, digest, 16);
  const bool is_whole = read.ec == std::errc() && read.ptr == end && text.size() == kDigestDigits;
  return is_whole ? std::optional(digest) : std::nullopt;
}

// Places are paths of names: "/hits/hits/_source/espcap/file". An array has the place of its items.
class PageVisitor : public base::JsonVisitor {
 public:
  bool OpenObject() override {
    if (place_ == kHits) page.hits.emplace_back();
    opened_.push_back(place_.size());
    return true;
  }
  bool OpenArray() override {
    if (place_ == kSort) page.sort = "[";
    opened_.push_back(place_.size());
    return true;
  }
  bool Close() override {
    place_.resize(opened_.back());
    opened_.pop_back();
    if (place_ == kSort) page.sort += ']';
    return true;
  }
  bool Key(std::string_view name) override {
    place_.resize(opened_.back());
    place_ += '/';
    place_ += name;
    return true;
  }
  bool Text(std::string_view text) override {
    if (place_ == kSort) AddSortValue(nlohmann::json(text).dump());
    if (place_ == "/_scroll_id") page.scroll_id = text;
    if (place_ == "/pit_id" || place_ == "/id") page.pit_id = text;
    if (page.hits.empty()) return true;
    Hit& hit = page.hits.back();
    if (place_ == "/hits/hits/_id") hit.id = text;
    if (place_ == "/hits/hits/_source/espcap/file") hit.file = text;
    if (place_ == "/hits/hits/_source/espcap/run") hit.run = text;
    if (place_ == "/hits/hits/_source/espcap/kafka/topic") hit.message.topic = text;
    if (place_ == "/hits/hits/_source/@timestamp") hit.has_timestamp = true;
    if (place_ == "/hits/hits/_source/espcap/digest") hit.digest = ParseDigest(text);
    return true;
  }
  bool Integer(int64_t number) override {
    if (place_ == kSort) AddSortValue(std::to_string(number));
    if (page.hits.empty() || number < 0) return true;
    Hit& hit = page.hits.back();
    if (place_ == "/hits/hits/_source/espcap/frame") hit.frame = static_cast<uint64_t>(number);
    if (place_ == "/hits/hits/_source/espcap/offset") hit.offset = number;
    if (place_ == "/hits/hits/_source/espcap/kafka/partition") hit.message.partition = number;
    if (place_ == "/hits/hits/_source/espcap/kafka/offset") hit.message.offset = number;
    if (place_ == "/hits/hits/_source/espcap/kafka/index") hit.message.index = number;
    return true;
  }
  bool OtherScalar() override {
    if (place_ == kSort) AddSortValue("null");
    return true;
  }

  HitPage page;

 private:
  static constexpr std::string_view kHits = "/hits/hits";
  static constexpr std::string_view kSort = "/hits/hits/sort";

  void AddSortValue(std::string_view value) {
    if (page.sort.size() > 1) page.sort += ',';
    page.sort += value;
  }

  std::string place_;  // of the value that comes next
  std::vector<size_t> opened_;
};

}  // namespace

Result<HitPage> ReadHitPage(std::string_view body) {
  base::JsonBounds bounds{.bytes = kMaxHitPageBytes};
  bounds.time = std::chrono::seconds(10);
  PageVisitor visitor;
  if (auto read = base::ReadJson(body, bounds, visitor); !read) {
    return Fail("the answer is {}", read.error().message);
  }
  return std::move(visitor.page);
}

std::string PointInTimeOf(std::string_view body) {
  auto page = ReadHitPage(body);
  return page ? std::move(page->pit_id) : std::string();
}

}  // namespace espcap::elasticsearch
