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
       .help = "Keep documents in this directory while the server is away; the next run sends what "
               "is there at the end.",
       .paragraph = "keeps documents in this directory while the server is away",
       .example = "--spool /var/lib/espcap/spool",
       .setting = [](S& s) -> Setting { return &s.capture->spool; }},
      {.names = "--spool-bytes",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "SIZE",
       .fallback = "1G",
       .unit = Unit::kBytes,
       .range = Range{uint64_t{1} << 16U, uint64_t{1} << 50U},
       .help = "Keep at most this many bytes there.",
       .paragraph = "so many bytes there at most, compressed (default 1G)",
       .example = "--spool-bytes 20G",
       .setting = [](S& s) -> Setting { return &s.capture->spool_bytes; }},
      {.names = "--dead-letters",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "PATH",
       .fallback = "beside --spool's or --resume's, else ./dead-letters.ndjson",
       .help = "Keep documents that the server refuses for good in this file, for 'espcap resend'.",
       .paragraph =
           "keeps what the server refuses for good in this file; by default `dead-letters.ndjson` "
           "in the `--spool`, else beside the `--resume` file, else here",
       .example = "--dead-letters /var/lib/espcap/dead.ndjson",
       .setting = [](S& s) -> Setting { return &s.capture->dead_letters; }},
      {.names = "--index",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .value = "PATTERN",
       .fallback = "packets-%Y-%m-%d",
       .in_resume_key = true,
       .help = "Send to this index, by the packet's time in UTC, as strftime(3).",
       .paragraph = "the index, as strftime(3) makes it of the packet's own time in UTC (default "
                    "`packets-%Y-%m-%d`)",
       .example = "--index 'lab-%Y.%m'",
       .setting = [](S& s) -> Setting { return &s.capture->index; }},
      {.names = "--no-template",
       .commands = kCaptureCommand,
       .group = kDelivery,
       .help = "Install no index template, even where the server has none for the index.",
       .paragraph = "installs no index template",
       .example = "--no-template",
       .setting = [](S& s) -> Setting { return &s.capture->no_template; }},
      {.names = "--metrics",
       .commands = kCaptureCommand,
       .group = "Program",
       .value = "[ADDR:]PORT",
       .help =
           "Serve Prometheus metrics (/metrics) and the run's health (/healthz) at this port, of "
           "127.0.0.1 unless an address is given; port 0: a free one.",
       .paragraph =
           "serves metrics and the run's health over HTTP, at 127.0.0.1 unless an address is given "
           "(IPv6 in brackets); port 0: a free one, which the log names; see Metrics",
       .example = "--metrics 9600",
       .setting = [](S& s) -> Setting { return &s.capture->metrics; }},
  };
}

}  // namespace espcap::cli
