// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/bounded_json.h"

namespace espcap::app {
namespace {

using nlohmann::json;

constexpr size_t kMaxBytes = size_t{4} << 20U;
constexpr size_t kMaxListed = 10'000;

const json& Member(const json& object, const char* key) {
  static const json nothing = json::object();
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

std::string TextOf(const json& object, const char* key) {
  const json& value = Member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool FlagOf(const json& object, const char* key) {
  const json& value = Member(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> TextsOf(const json& object, const char* key) {
  std::vector<std::string> texts;
  for (const json& value : Member(object, key)) {
    if (value.is_string() && texts.size() < kMaxListed) texts.push_back(value.get<std::string>());
  }
  return texts;
}

template <class Number>
void ReadNumber(const json& object, const char* key, Number& number) {
  const json& value = Member(object, key);
  if (!value.is_number_unsigned()) return;
  const auto given = value.get<uint64_t>();
  if (given <= static_cast<uint64_t>(std::numeric_limits<Number>::max())) {
    number = static_cast<Number>(given);
  }
}

// "wlan.wep_key1:…": it may have been a secret.
bool IsWithoutValue(const std::string& preference) { return preference.ends_with(":…"); }

// Nobody asks name servers here: there is no network.
std::string WithoutExternalNames(std::string letters, std::vector<std::string>& remarks) {
  if (std::erase(letters, 'N') > 0) {
    remarks.emplace_back("names that external resolvers gave (-N N) are left out");
  }
  return letters;
}

retrieve::ViewDissection DissectionOf(const json& given, std::vector<std::string>& remarks) {
  retrieve::ViewDissection plan;
  for (std::string& preference : TextsOf(given, "preferences")) {
    if (!IsWithoutValue(preference)) {
      plan.preferences_of_run.push_back(std::move(preference));
      continue;
    }
    remarks.push_back(fmt::format("the value of the preference {} isn't kept; -o sets it",
                                  std::string_view(preference).substr(0, preference.rfind(':'))));
  }
  plan.decode_as = TextsOf(given, "decode_as");
  plan.enable_protocols = TextsOf(given, "enable_protocols");
  plan.disable_protocols = TextsOf(given, "disable_protocols");
  plan.enable_heuristics = TextsOf(given, "enable_heuristics");
  plan.disable_heuristics = TextsOf(given, "disable_heuristics");
  plan.no_name_resolution = FlagOf(given, "no_resolve");
  plan.name_resolution = WithoutExternalNames(TextOf(given, "resolve"), remarks);
  plan.capture_filter = TextOf(given, "capture_filter");
  plan.display_filter = TextOf(given, "display_filter");
  plan.two_pass = FlagOf(given, "two_pass");
  ReadNumber(given, "duplicate_window_ns", plan.duplicate_window_ns);
  return plan;
}

retrieve::ViewShape ShapeOf(const json& given) {
  retrieve::ViewShape shape;
  shape.hex = FlagOf(given, "hex");
  shape.typed = FlagOf(given, "typed");
  shape.ecs = FlagOf(given, "ecs");
  shape.columns = FlagOf(given, "columns");
  shape.value_strings = FlagOf(given, "value_strings");
  const json& limits = Member(given, "limits");
  ReadNumber(limits, "depth", shape.depth);
  ReadNumber(limits, "bytes", shape.bytes);
  ReadNumber(limits, "value_bytes", shape.value_bytes);
  ReadNumber(limits, "values", shape.values);
  ReadNumber(limits, "list_bytes", shape.list_bytes);
  return shape;
}

}  // namespace

Result<RunPlan> ReadRunPlan(std::string_view document) {
  if (auto checked = base::CheckJson(document, {.bytes = kMaxBytes}); !checked) {
    return Fail("the run's document is {}", checked.error().message);
  }
  const json given = json::parse(document, nullptr, false);
  if (!given.is_object()) return Fail("the run's document is no JSON object");
  RunPlan run;
  run.plan.dissection = DissectionOf(Member(given, "dissection"), run.remarks);
  run.plan.shape = ShapeOf(Member(given, "shape"));
  run.plan.run = TextOf(given, "run");
  run.plan.sensor = TextOf(given, "sensor");
  run.plan.tags = TextsOf(given, "tags");
  for (const auto& [key, value] : Member(given, "labels").items()) {
    if (value.is_string()) run.plan.labels.emplace_back(key, value.get<std::string>());
  }
  run.started = TextOf(given, "started");
  run.libwireshark = TextOf(Member(given, "versions"), "libwireshark");
  return run;
}

RunPlan UsualPlan(const std::string& run) {
  RunPlan usual;
  usual.plan.run = run;
  usual.remarks.emplace_back(
      "there is no document of it in espcap-runs, which says how it dissected packets; as usual");
  return usual;
}

}  // namespace espcap::app
