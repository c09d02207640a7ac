// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_description.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "app/credentials.h"
#include "app/run_options.h"
#include "base/path_text.h"
#include "dissect/epan_library.h"

namespace espcap::app {
namespace {

using nlohmann::json;

// At most this many of each list; the run's documents name every file.
constexpr size_t kMaxNames = 100;

json Names(const std::vector<std::string>& names) {
  json shown = json::array();
  for (const std::string& name : names) {
    if (shown.size() == kMaxNames) break;
    shown.push_back(base::PathText(name));
  }
  return shown;
}

json InputsOf(const cli::CaptureSettings& settings) {
  json inputs = json::object();
  const auto add = [&inputs](const char* key, const std::vector<std::string>& names) {
    if (names.empty()) return;
    inputs[key] = Names(names);
    if (names.size() > kMaxNames) inputs[std::string(key) + "_count"] = names.size();
  };
  add("files", settings.files);
  add("directories", settings.directories);
  add("interfaces", settings.interfaces);
  if (!settings.jobs.address.empty()) {
    inputs["jobs"] = {{"topic", settings.jobs.address}, {"group", settings.jobs.group}};
  }
  if (!settings.from.empty()) {
    inputs["packets"] = {{"topic", settings.from}, {"group", settings.jobs.group}};
  }
  return inputs;
}

json DissectionOf(const cli::CaptureSettings& settings) {
  const cli::DissectionSettings& given = settings.dissection;
  json dissection = {{"two_pass", settings.two_pass}, {"no_resolve", given.no_name_resolution}};
  const auto add = [&dissection](const char* key, const auto& value) {
    if (!value.empty()) dissection[key] = value;
  };
  std::vector<std::string> preferences;
  std::transform(given.preferences.begin(), given.preferences.end(),
                 std::back_inserter(preferences), WithoutSecret);
  add("preferences", preferences);
  add("decode_as", given.decode_as);
  add("enable_protocols", given.enable_protocols);
  add("disable_protocols", given.disable_protocols);
  add("enable_heuristics", given.enable_heuristics);
  add("disable_heuristics", given.disable_heuristics);
  add("resolve", given.name_resolution.value_or(""));
  add("capture_filter", settings.capture_filter);
  add("display_filter", settings.display_filter);
  add("fields", settings.fields);
  add("protocols", settings.protocols);
  dissection["detail"] = settings.detail;
  add("tree_filter", settings.tree_filter);
  if (settings.duplicate_window) {
    dissection["duplicate_window_ns"] = settings.duplicate_window->count();
  }
  return dissection;
}

// By which a document can be made again.
json ShapeOf(const cli::CaptureSettings& settings) {
  const encode::DocumentLimits limits = LimitsOf(settings);
  return {{"hex", settings.hex},
          {"typed", settings.typed},
          {"ecs", settings.ecs},
          {"columns", settings.columns},
          {"value_strings", settings.value_strings},
          {"limits",
           {{"depth", limits.depth},
            {"bytes", limits.bytes},
            {"value_bytes", limits.value_bytes},
            {"values", limits.values},
            {"list_bytes", limits.list_bytes}}}};
}

}  // namespace

std::string WithoutSecret(const std::string& preference) {
  constexpr std::array<std::string_view, 7> kOfSecrets = {"key",  "pass",  "secret",   "psk",
                                                          "auth", "crypt", "community"};
  const size_t colon = preference.find(':');
  std::string name = preference.substr(0, colon);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (name == "uat") return preference.substr(0, preference.find(':', colon + 1)) + ":…";
  // The path of a file is none.
  const bool is_path = name.ends_with("_file");
  const bool is_secret =
      !is_path && std::any_of(kOfSecrets.begin(), kOfSecrets.end(), [&name](std::string_view word) {
        return name.find(word) != std::string::npos;
      });
  if (!is_secret || colon == std::string::npos) return preference;
  const std::string_view value = std::string_view(preference).substr(colon + 1);
  if (value == "TRUE" || value == "FALSE") return preference;
  return preference.substr(0, colon) + ":…";
}

std::string DescribeRun(const cli::CaptureSettings& settings, const encode::RunOrigin& origin) {
  json labels = json::object();
  for (const auto& [key, value] : origin.labels) labels[key] = value;
  const json description = {
      {"run", origin.run},
      {"sensor", origin.sensor},
      {"tags", origin.tags},
      {"labels", std::move(labels)},
      {"index", settings.index},
      {"inputs", InputsOf(settings)},
      {"dissection", DissectionOf(settings)},
      {"shape", ShapeOf(settings)},
      {"versions",
       {{"espcap", ESPCAP_VERSION}, {"libwireshark", dissect::EpanLibrary::Version()}}}};
  return description.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<void> WriteRunDocuments(const cli::CaptureSettings& settings,
                               const encode::RunOrigin& origin, RunDocuments::Options options,
                               base::EventLoop& loop, RunTelemetry& telemetry) {
  if (settings.nodes.empty() || settings.no_run_documents) return {};
  auto security = SecurityOf(settings);
  if (!security) return Forward(std::move(security));
  options.security = std::move(*security);
  options.interval = settings.stats_interval;
  options.id = origin.run;
  options.description = DescribeRun(settings, origin);
  telemetry.WriteDocuments(loop, std::move(options));
  return {};
}

}  // namespace espcap::app
