// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of the main command: where a server puts its documents, and where those are kept that it
// doesn't take.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kDelivery = "Delivery";

}  // namespace

std::vector<Option> KeepingOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--spool",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "DIR",
       .help = "Keep documents in this directory while the server is away; the next "
               "run sends what is there at the end.",
       .paragraph = "With `--forward` it keeps packets while the brokers are away.",
       .example = "--spool /var/lib/espcap/spool",
       .setting = [](S& s) -> Setting { return &s.capture->spool; }},
      {.names = "--spool-bytes",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "SIZE",
       .fallback = "1G",
       .unit = Unit::kBytes,
       .range = Range{uint64_t{1} << 16U, uint64_t{1} << 50U},
       .help = "Keep at most SIZE bytes there, compressed.",
       .example = "--spool-bytes 20G",
       .setting = [](S& s) -> Setting { return &s.capture->spool_bytes; }},
      {.names = "--dead-letters",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "PATH",
       .fallback = "in --spool, else next to --resume, else ./dead-letters.ndjson",
       .help = "Keep documents that the server refuses for good in this file, for "
               "'espcap resend'.",
       .example = "--dead-letters /var/lib/espcap/dead.ndjson",
       .setting = [](S& s) -> Setting { return &s.capture->dead_letters; }},
      {.names = "--dead-letters-bytes",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "SIZE",
       .fallback = "1G",
       .unit = Unit::kBytes,
       .range = Range{uint64_t{1} << 12U, uint64_t{1} << 50U},
       .help = "Keep at most SIZE bytes of refused documents.",
       .example = "--dead-letters-bytes 100M",
       .setting = [](S& s) -> Setting { return &s.capture->dead_letters_bytes; }},
      {.names = "--dead-letters-full",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "wait|stop",
       .fallback = "wait",
       .choices = {"wait", "stop"},
       .help = "When that file is full: wait for room (live: drop and count), or stop "
               "the run.",
       .example = "--dead-letters-full stop",
       .setting = [](S& s) -> Setting { return &s.capture->dead_letters_full; }},
      {.names = "--index",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "PATTERN",
       .fallback = "packets-%Y-%m-%d",
       .in_resume_key = true,
       .help = "Send to this index; strftime(3) fills in the packet's time in UTC.",
       .example = "--index 'lab-%Y.%m'",
       .setting = [](S& s) -> Setting { return &s.capture->index; }},
      {.names = "--max-indices",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "N",
       .fallback = "400",
       .range = Range{1, 1'000'000},
       .help = "Let packets' times make at most N indices in a run, those of today "
               "apart.",
       .paragraph = "Documents of further times go to one index, whose name ends in "
                    "`implausible-times`.",
       .example = "--max-indices 5000",
       .setting = [](S& s) -> Setting { return &s.capture->max_indices; }},
      {.names = "--no-template",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .help = "Install no index template, even if the server has none for the index.",
       .example = "--no-template",
       .setting = [](S& s) -> Setting { return &s.capture->no_template; }},
      {.names = "--metrics",
       .commands = kCaptureCommand,
       .group = "Program",
       .value = "[ADDR:]PORT",
       .fallback = "off",
       .help = "Serve Prometheus metrics (/metrics) and the run's health (/healthz) at"
               " this port, of 127.0.0.1 unless an address is given; port 0: a free "
               "one.",
       .paragraph = "An IPv6 address is in brackets. The log names the port.",
       .example = "--metrics 9600",
       .setting = [](S& s) -> Setting { return &s.capture->metrics; }},
  };
}

}  // namespace espcap::cli
