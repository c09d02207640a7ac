// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of the main command: what documents say of where they come from.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kOrigin = "Provenance";

}  // namespace

std::vector<Option> OriginOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--provenance,!--no-provenance",
       .commands = kCaptureCommand,
       .group = kOrigin,
       .fallback = "for a server",
       .in_resume_key = true,
       .help = "Say in each document which run, sensor, file and frame it comes from.",
       .paragraph = "The object `espcap` next to `layers` has `run`, `sensor`, `file`, `frame`, "
                    "`offset`, `digest`, `tags` and `labels`. `--no-provenance` leaves it out.",
       .example = "--provenance",
       .setting = [](S& s) -> Setting { return &s.capture->origin.provenance; }},
      {.names = "--sensor",
       .commands = kCaptureCommand,
       .group = kOrigin,
       .value = "NAME",
       .fallback = "the host's name",
       .help = "Name the sensor that captured the packets.",
       .paragraph = "It becomes `espcap.sensor`, and with `--ecs` also `observer.name`.",
       .example = "--sensor branch-7",
       .setting = [](S& s) -> Setting { return &s.capture->origin.sensor; }},
      {.names = "--tag",
       .commands = kCaptureCommand,
       .group = kOrigin,
       .value = "WORD",
       .help = "Add a word to espcap.tags of each document; repeatable.",
       .paragraph = "With `--ecs`, `tags` gets it too.",
       .example = "--tag incident-42",
       .setting = [](S& s) -> Setting { return &s.capture->origin.tags; }},
      {.names = "--label",
       .commands = kCaptureCommand,
       .group = kOrigin,
       .value = "KEY=VALUE",
       .help = "Add a value to espcap.labels of each document, under a key; repeatable.",
       .paragraph = "The key has letters, digits, `_` and `-`. With `--ecs`, `labels` gets it too.",
       .example = "--label site=berlin",
       .setting = [](S& s) -> Setting { return &s.capture->origin.labels; }},
      {.names = "--no-run-documents",
       .commands = kCaptureCommand,
       .group = kOrigin,
       .help = "Write no document of the run itself to the index espcap-runs of the server.",
       .paragraph = "Otherwise the index has one for each run. It is written at the start, every "
                    "`--stats-interval` and at the end.",
       .example = "--no-run-documents",
       .setting = [](S& s) -> Setting { return &s.capture->no_run_documents; }},
  };
}

}  // namespace espcap::cli
