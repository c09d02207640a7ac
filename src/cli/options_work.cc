// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of the main command: how the work is shared out, and what bounds it.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kWork = "Work";

}  // namespace

std::vector<Option> WorkOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--workers",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "N",
       .fallback = "the machine's cores; live and ordered, 1",
       .range = Range{1, 256},
       .help = "Dissect in N processes, each with a file, or with a share of the live "
               "packets, at a time.",
       .example = "--workers 4",
       .setting = [](S& s) -> Setting { return &s.capture->workers; }},
      {.names = "--ordered,!--no-ordered",
       .commands = kCaptureCommand,
       .group = kWork,
       .fallback = "ordered, but for a server",
       .help = "Write documents in the order of the files, or as they are ready.",
       .example = "--no-ordered",
       .setting = [](S& s) -> Setting { return &s.capture->ordered; }},
      {.names = "--shards",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "N",
       .fallback = "1",
       .range = Range{1, 256},
       .in_resume_key = true,
       .help = "Share each file among N workers, by the pair of addresses of its "
               "packets.",
       .paragraph = "Stream numbers count within a shard, and what is learned from another "
                    "pair may be missing: see docs/files-and-pipes.md.",
       .example = "--shards 4",
       .setting = [](S& s) -> Setting { return &s.capture->shards; }},
      {.names = "--hash",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "KEY",
       .fallback = "pair",
       .choices = {"pair", "flow"},
       .in_resume_key = true,
       .help = "With --shards, live, and on a topic's partitions: keep together all packets "
               "between two "
               "addresses (pair), or those of one connection (flow), which spreads "
               "finer.",
       .example = "--hash flow",
       .setting = [](S& s) -> Setting { return &s.capture->shard_key; }},
      {.names = "--resume",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "STATE",
       .help = "Record in this file which captures are settled, and skip those that "
               "are.",
       .example = "--resume /var/lib/espcap/state",
       .setting = [](S& s) -> Setting { return &s.capture->resume; }},
      {.names = "--session-packets",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "N",
       .fallback = "0, any number",
       .help = "From a pipe or live: begin a fresh process after N packets, which "
               "frees what dissection has kept.",
       .example = "--session-packets 1000000",
       .setting = [](S& s) -> Setting { return &s.capture->session_limits.packets; }},
      {.names = "--session-bytes",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "SIZE",
       .fallback = "0, any number",
       .unit = Unit::kBytes,
       .help = "From a pipe or live: begin a fresh process after SIZE bytes of "
               "packets.",
       .example = "--session-bytes 1G",
       .setting = [](S& s) -> Setting { return &s.capture->session_limits.bytes; }},
      {.names = "--session-rss",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "SIZE",
       .fallback = "400M",
       .unit = Unit::kBytes,
       .help = "From a pipe or live: begin a fresh process at a resident size of SIZE "
               "bytes; 0: never.",
       .example = "--session-rss 800M",
       .setting = [](S& s) -> Setting { return &s.capture->session_limits.resident_bytes; }},
      {.names = "--worker-memory",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "SIZE",
       .fallback = "half of the memory for all workers",
       .unit = Unit::kBytes,
       .help = "Let each worker use SIZE bytes of memory more than a fresh one; 0: no "
               "limit. Near the limit a fresh process continues.",
       .paragraph = "This holds for a file too. The default is half of the memory of the "
                    "machine or the control group, for all workers together.",
       .example = "--worker-memory 400M",
       .setting = [](S& s) -> Setting { return &s.capture->worker_memory; }},
      {.names = "--frame-timeout",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "TIME",
       .fallback = "10s",
       .unit = Unit::kTime,
       .help = "End a process whose dissection of one packet needs TIME of a "
               "processor, or six times TIME by the clock; 0: never.",
       .example = "--frame-timeout 1s",
       .setting = [](S& s) -> Setting { return &s.capture->frame_timeout; }},
      {.names = "--quarantine",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "DIR",
       .help = "Keep packets whose dissection ends processes in this directory, a "
               "pcapng file each with the reason.",
       .example = "--quarantine /var/lib/espcap/quarantine",
       .setting = [](S& s) -> Setting { return &s.capture->quarantine; }},
      {.names = "--quarantine-bytes",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "SIZE",
       .fallback = "100M",
       .unit = Unit::kBytes,
       .help = "Keep at most SIZE bytes there; further packets are not kept.",
       .paragraph = "Files of earlier runs are included.",
       .example = "--quarantine-bytes 1G",
       .setting = [](S& s) -> Setting { return &s.capture->quarantine_bytes; }},
      {.names = "--stop-timeout",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "TIME",
       .fallback = "60s",
       .unit = Unit::kTime,
       .help = "After a signal, --duration or --count: deliver what was captured for "
               "at most TIME. Then the rest stays in the spool, or is counted as "
               "abandoned.",
       .example = "--stop-timeout 10s",
       .setting = [](S& s) -> Setting { return &s.capture->stop_timeout; }},
      {.names = "--run-as",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "NAME",
       .fallback = "sudo's caller, else espcap where it exists, else root without capabilities",
       .help = "As root: run the process that delivers and writes as this user.",
       .paragraph = "Outputs, spool, state and dead letters must be writable for that user.",
       .example = "--run-as espcap",
       .setting = [](S& s) -> Setting { return &s.capture->run_as; }},
      {.names = "--worker-user",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "NAME",
       .fallback = "nobody",
       .help = "As root: run the processes that parse packets as this user.",
       .paragraph = "It is another user than that of `--run-as`.",
       .example = "--worker-user espcap-worker",
       .setting = [](S& s) -> Setting { return &s.capture->worker_user; }},
      {.names = "!--no-sandbox",
       .commands = kCaptureCommand,
       .group = kWork,
       .help = "Let processes that dissect read every file that their user may, write "
               "files, start programs and open connections, for plugins that need it.",
       .example = "--no-sandbox",
       .setting = [](S& s) -> Setting { return &s.capture->sandbox; }},
  };
}

}  // namespace espcap::cli
