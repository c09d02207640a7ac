// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/forward_checks.h"

#include <cstdint>
#include <string_view>
#include <vector>

#include "kafka/address.h"

namespace espcap::app {
namespace {

enum class Reason : uint8_t { kDissection, kDocuments, kServer };

struct Given {
  std::string_view option;
  Reason reason = Reason::kDissection;  // why it has no effect
  bool is_given = false;
};

// What differs from its default, of all options that mean nothing to packets that nobody dissects.
std::vector<Given> OfOtherRuns(const cli::CaptureSettings& settings) {
  using enum Reason;
  const cli::CaptureSettings unset;
  const cli::DissectionSettings& dissection = settings.dissection;
  return {
      {"--filter", kDissection, !settings.display_filter.empty()},
      {"--two-pass", kDissection, settings.two_pass},
      {"--shards", kDissection, settings.shards > 1},
      {"--preference", kDissection, !dissection.preferences.empty()},
      {"--decode-as", kDissection, !dissection.decode_as.empty()},
      {"--enable-protocol", kDissection, !dissection.enable_protocols.empty()},
      {"--disable-protocol", kDissection, !dissection.disable_protocols.empty()},
      {"--enable-heuristic", kDissection, !dissection.enable_heuristics.empty()},
      {"--disable-heuristic", kDissection, !dissection.disable_heuristics.empty()},
      {"--no-resolve", kDissection, dissection.no_name_resolution},
      {"--resolve", kDissection, dissection.name_resolution.has_value()},
      {"--session-packets", kDissection, settings.session_limits.packets != 0},
      {"--session-bytes", kDissection, settings.session_limits.bytes != 0},
      {"--session-rss", kDissection,
       settings.session_limits.resident_bytes != unset.session_limits.resident_bytes},
      {"--quarantine", kDissection, !settings.quarantine.empty()},
      {"--quarantine-bytes", kDissection, settings.quarantine_bytes != unset.quarantine_bytes},
      {"--format", kDocuments, !settings.format.empty()},
      {"--hex", kDocuments, settings.hex},
      {"--typed", kDocuments, settings.typed},
      {"--ecs", kDocuments, settings.ecs},
      {"--columns", kDocuments, settings.columns},
      {"--detail", kDocuments, settings.detail != unset.detail},
      {"--tree-for", kDocuments, !settings.tree_filter.empty()},
      {"--value-strings", kDocuments, settings.value_strings},
      {"--fields", kDocuments, !settings.fields.empty()},
      {"--protocols", kDocuments, !settings.protocols.empty()},
      {"--max-document-bytes", kDocuments, settings.limits.bytes.has_value()},
      {"--max-depth", kDocuments, settings.limits.depth != unset.limits.depth},
      {"--max-value-bytes", kDocuments, settings.limits.value_bytes != 0},
      {"--max-values", kDocuments, settings.limits.values.has_value()},
      {"--provenance", kDocuments, settings.origin.provenance.has_value()},
      {"--tag", kDocuments, !settings.origin.tags.empty()},
      {"--label", kDocuments, !settings.origin.labels.empty()},
      {"--index", kDocuments, settings.index != unset.index},
      {"--max-indices", kDocuments, settings.max_indices != unset.max_indices},
      {"--chunk", kDocuments, settings.chunk != unset.chunk},
      {"--dead-letters", kDocuments, !settings.dead_letters.empty()},
      {"--dead-letters-bytes", kDocuments, settings.dead_letters_bytes != unset.dead_letters_bytes},
      {"--dead-letters-full", kDocuments, settings.dead_letters_full != unset.dead_letters_full},
      {"--pipeline", kServer, !settings.pipeline.empty()},
      {"--no-template", kServer, settings.no_template},
      {"--template-priority", kServer, settings.template_priority != unset.template_priority},
      {"--no-run-documents", kServer, settings.no_run_documents},
      {"--compress", kServer, settings.compress.has_value()},
      {"--concurrency", kServer, settings.concurrency != 0},
      {"--max-retries", kServer, settings.max_retries.has_value()},
      {"--request-timeout", kServer, settings.request_timeout != unset.request_timeout}};
}

std::string_view WordsOf(Reason reason) {
  switch (reason) {
    case Reason::kDissection:
      return "with --forward nothing is dissected here";
    case Reason::kDocuments:
      return "with --forward there are no documents here";
    case Reason::kServer:
      return "with --forward no server gets documents from here";
  }
  return "";
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
  for (const auto& [option, reason, is_given] : OfOtherRuns(settings)) {
    if (!is_given) continue;
    return Fail("{}: {}; leave it to the run that reads the topic", option, WordsOf(reason));
  }
  return {};
}

}  // namespace espcap::app
