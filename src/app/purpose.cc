// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/purpose.h"

#include <fmt/ranges.h>

namespace espcap::app {

std::string PurposeOf(const cli::CaptureSettings& settings) {
  const dissect::Options& dissection = settings.dissection;
  std::string purpose = fmt::format(
      "node {}\noutput {}\nformat {}\nhex {}\nbpf {}\nfilter {}\ntwo-pass {}\nindex {}\n"
      "shards {} {}\n",
      fmt::join(settings.nodes, " "), settings.output,
      settings.format ? static_cast<int>(*settings.format) : -1, settings.hex,
      settings.capture_filter, settings.display_filter, settings.two_pass, settings.index,
      settings.shards, static_cast<int>(settings.shard_key));
  for (const auto* list : {&dissection.preferences, &dissection.decode_as,
                           &dissection.enable_protocols, &dissection.disable_protocols,
                           &dissection.enable_heuristics, &dissection.disable_heuristics}) {
    purpose += fmt::format("{}\n", fmt::join(*list, " "));
  }
  purpose += fmt::format("typed {}\necs {}\nlimits {} {} {}\n", settings.typed, settings.ecs,
                         settings.limits.depth, settings.limits.bytes, settings.limits.value_bytes);
  purpose += fmt::format("fields {}\nprotocols {}\n", fmt::join(settings.fields, ","),
                         fmt::join(settings.protocols, ","));
  return purpose + fmt::format("resolve {} {}\n", dissection.no_name_resolution,
                               dissection.name_resolution.value_or("default"));
}

}  // namespace espcap::app
