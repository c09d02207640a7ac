// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/forward_checks.h"

#include <string_view>
#include <vector>

#include "kafka/address.h"

namespace espcap::app {
namespace {

struct Given {
  std::string_view option;
  bool is_given;
};

std::vector<Given> OfDissection(const cli::CaptureSettings& settings) {
  const cli::DissectionSettings& dissection = settings.dissection;
  return {{"--filter", !settings.display_filter.empty()},
          {"--two-pass", settings.two_pass},
          {"--shards", settings.shards > 1},
          {"--preference", !dissection.preferences.empty()},
          {"--decode-as", !dissection.decode_as.empty()},
          {"--enable-protocol", !dissection.enable_protocols.empty()},
          {"--disable-protocol", !dissection.disable_protocols.empty()},
          {"--enable-heuristic", !dissection.enable_heuristics.empty()},
          {"--disable-heuristic", !dissection.disable_heuristics.empty()},
          {"--no-resolve", dissection.no_name_resolution},
          {"--resolve", dissection.name_resolution.has_value()},
          {"--session-packets", settings.session_limits.packets != 0},
          {"--session-bytes", settings.session_limits.bytes != 0},
          {"--quarantine", !settings.quarantine.empty()}};
}

std::vector<Given> OfDocuments(const cli::CaptureSettings& settings) {
  return {{"--format", !settings.format.empty()},
          {"--hex", settings.hex},
          {"--typed", settings.typed},
          {"--ecs", settings.ecs},
          {"--columns", settings.columns},
          {"--detail", settings.detail != "tree"},
          {"--tree-for", !settings.tree_filter.empty()},
          {"--value-strings", settings.value_strings},
          {"--fields", !settings.fields.empty()},
          {"--protocols", !settings.protocols.empty()},
          {"--max-document-bytes", settings.limits.bytes.has_value()},
          {"--max-value-bytes", settings.limits.value_bytes != 0},
          {"--max-values", settings.limits.values.has_value()},
          {"--provenance", settings.origin.provenance.has_value()},
          {"--tag", !settings.origin.tags.empty()},
          {"--label", !settings.origin.labels.empty()},
          {"--pipeline", !settings.pipeline.empty()},
          {"--dead-letters", !settings.dead_letters.empty()}};
}

}  // namespace

Result<void> CheckForward(const cli::CaptureSettings& settings) {
  if (settings.forward.empty()) {
    if (!settings.forward_secrets) return {};
    return Fail("--forward-secrets: nothing is forwarded; give --forward kafka://BROKER/TOPIC");
  }
  if (!kafka::IsAddress(settings.forward)) {
    return Fail("--forward {}: it is no topic's address; give kafka://HOST:PORT/TOPIC",
                settings.forward);
  }
  if (!settings.nodes.empty()) return Fail("--node and --forward: choose one destination");
  if (!settings.output.empty()) return Fail("--output and --forward: choose one destination");
  if (!settings.spool.empty()) {
    return Fail("--spool: there is no spool for packets that are forwarded; leave it out");
  }
  for (const auto& [option, is_given] : OfDissection(settings)) {
    if (is_given) {
      return Fail(
          "{}: with --forward nothing is dissected here; leave it to the run that reads "
          "the topic",
          option);
    }
  }
  for (const auto& [option, is_given] : OfDocuments(settings)) {
    if (is_given) {
      return Fail(
          "{}: with --forward there are no documents here; leave it to the run that reads "
          "the topic",
          option);
    }
  }
  return {};
}

}  // namespace espcap::app
