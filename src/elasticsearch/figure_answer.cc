// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/figure_answer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bounded_json.h"
#include "elasticsearch/search_table.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

constexpr base::JsonBounds kBounds{
    .bytes = kMaxSearchAnswerBytes, .depth = 32, .time = base::JsonBounds::kAnyTime};

// A number that a server may write as a fraction.
int64_t NumberOf(const json& value) {
  constexpr double kMost = 9.2e18;  // one more, or a bucket more, is still a number
  if (value.is_number_integer()) {
    constexpr auto kMostInteger = static_cast<int64_t>(kMost);
    return std::clamp(value.get<int64_t>(), -kMostInteger, kMostInteger);
  }
  if (!value.is_number()) return 0;
  const auto number = value.get<double>();
  return std::isfinite(number) ? static_cast<int64_t>(std::clamp(number, -kMost, kMost)) : 0;
}

uint64_t CountOf(const json& value) {
  return static_cast<uint64_t>(std::max<int64_t>(0, NumberOf(value)));
}

const json& Member(const json& object, const char* name) {
  static const json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

std::string TextOf(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? std::string() : value.dump();
}

Count BucketCount(const json& bucket) {
  return {CountOf(Member(bucket, "doc_count")), CountOf(Member(Member(bucket, "bytes"), "value"))};
}

std::string KeyOf(const json& bucket) {
  const json& text = Member(bucket, "key_as_string");
  return TextOf(text.is_null() ? Member(bucket, "key") : text);
}

// A shard may know more values than it has handed over.
bool IsApproximate(const json& terms) {
  return NumberOf(Member(terms, "doc_count_error_upper_bound")) != 0;
}

bool IsCut(const json& terms) { return CountOf(Member(terms, "sum_other_doc_count")) > 0; }

std::vector<Count> CountsOf(const json& counts, size_t size) {
  std::vector<Count> found(size);
  const json& buckets = Member(counts, "buckets");
  for (size_t i = 0; i < size; ++i) {
    found[i] = BucketCount(Member(buckets, std::to_string(i).c_str()));
  }
  return found;
}

// `read` gets the answer's tree.
template <class Read>
auto FromTree(std::string_view answer, const Read& read) -> Result<decltype(read(json()))> {
  if (auto checked = base::CheckJson(answer, kBounds); !checked) {
    return Fail("the answer is {}", checked.error().message);
  }
  try {
    return read(json::parse(answer));
  } catch (const json::exception&) {  // a member is of another kind than it should be
    return Fail("the answer isn't understood");
  }
}

}  // namespace

Result<Totals> ReadTotals(std::string_view answer) {
  return FromTree(answer, [](const json& tree) {
    const json& aggregations = Member(tree, "aggregations");
    const auto time = [&aggregations](const char* name) -> std::optional<int64_t> {
      const json& value = Member(Member(aggregations, name), "value");
      if (!value.is_number()) return std::nullopt;
      return NumberOf(value);
    };
    Totals totals;
    totals.packets = CountOf(Member(Member(Member(tree, "hits"), "total"), "value"));
    totals.bytes = CountOf(Member(Member(aggregations, "bytes"), "value"));
    totals.first_ms = time("first");
    totals.last_ms = time("last");
    return totals;
  });
}

Result<Terms> ReadTerms(std::string_view answer) {
  return FromTree(answer, [](const json& tree) {
    const json& aggregations = Member(tree, "aggregations");
    const json& terms = Member(aggregations, "terms");
    Terms found;
    for (const json& bucket : Member(terms, "buckets")) {
      found.terms.push_back({BucketCount(bucket), KeyOf(bucket)});
    }
    found.is_approximate = IsApproximate(terms);
    found.is_cut = IsCut(terms);
    found.distinct = CountOf(Member(Member(aggregations, "distinct"), "value"));
    return found;
  });
}

Result<Pairs> ReadPairs(std::string_view answer) {
  return FromTree(answer, [](const json& tree) {
    const json& from = Member(Member(tree, "aggregations"), "from");
    Pairs found;
    found.is_cut = IsApproximate(from) || IsCut(from);
    for (const json& outer : Member(from, "buckets")) {
      const json& to = Member(outer, "to");
      found.is_cut = found.is_cut || IsApproximate(to) || IsCut(to);
      for (const json& inner : Member(to, "buckets")) {
        found.pairs.push_back({BucketCount(inner), KeyOf(outer), KeyOf(inner)});
      }
    }
    return found;
  });
}

Result<std::vector<Count>> ReadCounts(std::string_view answer, size_t size) {
  return FromTree(answer, [size](const json& tree) {
    return CountsOf(Member(Member(tree, "aggregations"), "counts"), size);
  });
}

Result<std::vector<TimeBucket>> ReadHistogram(std::string_view answer, size_t size) {
  return FromTree(answer, [size](const json& tree) {
    std::vector<TimeBucket> found;
    for (const json& bucket : Member(Member(Member(tree, "aggregations"), "time"), "buckets")) {
      found.push_back({BucketCount(bucket), NumberOf(Member(bucket, "key")),
                       CountsOf(Member(bucket, "counts"), size)});
    }
    return found;
  });
}

Result<std::vector<RunCount>> ReadRuns(std::string_view answer) {
  return FromTree(answer, [](const json& tree) {
    std::vector<RunCount> found;
    for (const json& hit : Member(Member(tree, "hits"), "hits")) {
      const json& run = Member(hit, "_source");
      const json& ledger = Member(run, "ledger");
      uint64_t lost_at_sensors = 0;
      for (const json& sensor : Member(run, "sensors")) {
        lost_at_sensors += CountOf(Member(sensor, "lost"));
      }
      found.push_back({TextOf(Member(run, "run")), TextOf(Member(run, "sensor")),
                       TextOf(Member(run, "state")), TextOf(Member(run, "started")),
                       CountOf(Member(ledger, "captured")), CountOf(Member(ledger, "indexed")),
                       CountOf(Member(run, "lost")), lost_at_sensors});
    }
    return found;
  });
}

}  // namespace espcap::elasticsearch
