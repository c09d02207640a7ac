// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/resume_key.h"

#include <fmt/ranges.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace espcap::app {
namespace {

// Choices are numbers in the state files of earlier releases; -1: none is given.
int Number(const std::string& choice, std::initializer_list<std::string_view> choices) {
  int number = 0;
  for (const std::string_view known : choices) {
    if (choice == known) return number;
    ++number;
  }
  return -1;
}

// What a state file of an earlier release has where nobody set a limit.
constexpr uint64_t kEarlierBytes = uint64_t{32} << 20U;

}  // namespace

std::string ResumeKey(const cli::CaptureSettings& settings) {
  const cli::DissectionSettings& dissection = settings.dissection;
  std::string purpose = fmt::format(
      "node {}\noutput {}\nformat {}\nhex {}\nbpf {}\nfilter {}\ntwo-pass {}\nindex {}\n"
      "shards {} {}\n",
      fmt::join(settings.nodes, " "), settings.output,
      Number(settings.format, {"ndjson", "bulk", "text"}), settings.hex, settings.capture_filter,
      settings.display_filter, settings.two_pass, settings.index, settings.shards,
      Number(settings.shard_key, {"pair", "flow"}));
  for (const auto* list : {&dissection.preferences, &dissection.decode_as,
                           &dissection.enable_protocols, &dissection.disable_protocols,
                           &dissection.enable_heuristics, &dissection.disable_heuristics}) {
    purpose += fmt::format("{}\n", fmt::join(*list, " "));
  }
  purpose += fmt::format("typed {}\necs {}\nlimits {} {} {}\n", settings.typed, settings.ecs,
                         settings.limits.depth, settings.limits.bytes.value_or(kEarlierBytes),
                         settings.limits.value_bytes);
  if (settings.limits.values) purpose += fmt::format("values {}\n", *settings.limits.values);
  if (const auto& provenance = settings.origin.provenance) {
    purpose += fmt::format("provenance {}\n", *provenance);
  }
  if (settings.columns) purpose += "columns\n";
  if (settings.detail != "tree") purpose += fmt::format("detail {}\n", settings.detail);
  if (!settings.tree_filter.empty()) purpose += fmt::format("tree-for {}\n", settings.tree_filter);
  if (settings.value_strings) purpose += "value-strings\n";
  purpose += fmt::format("fields {}\nprotocols {}\n", fmt::join(settings.fields, ","),
                         fmt::join(settings.protocols, ","));
  if (!settings.forward.empty()) purpose += fmt::format("forward {}\n", settings.forward);
  if (settings.forward_secrets) purpose += "forward-secrets\n";
  // Not in the state files of earlier releases.
  if (!settings.pipeline.empty()) purpose += fmt::format("pipeline {}\n", settings.pipeline);
  if (const auto& window = settings.duplicate_window) {
    purpose += fmt::format("duplicates {}\n", window->count());
  }
  return purpose + fmt::format("resolve {} {}\n", dissection.no_name_resolution,
                               dissection.name_resolution.value_or("default"));
}

}  // namespace espcap::app
