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
       .help = "Dissect in N processes, each a file or a share of the live packets at a time.",
       .paragraph = "dissects in N processes, each a file, or live a share of the packets, at a "
                    "time (default: as many as there are cores; live and ordered, 1)",
       .example = "--workers 4",
       .setting = [](S& s) -> Setting { return &s.capture->workers; }},
      {.names = "--ordered,!--no-ordered",
       .commands = kCaptureCommand,
       .group = kWork,
       .fallback = "ordered, but for a server",
       .help = "Write documents in the order of the files.",
       .paragraph = "documents come in the order of the files, or as they are ready; ordered is "
                    "the default for files and standard output, not for a server",
       .example = "--no-ordered",
       .setting = [](S& s) -> Setting { return &s.capture->ordered; }},
      {.names = "--shards",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "N",
       .fallback = "1",
       .range = Range{1, 256},
       .in_resume_key = true,
       .help = "Share each file among N workers, by the pair of addresses of its packets. Changes "
               "stream numbers and what is known across pairs: see the README.",
       .paragraph = "N workers share each file; see below (default 1)",
       .example = "--shards 4",
       .setting = [](S& s) -> Setting { return &s.capture->shards; }},
      {.names = "--hash",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "KEY",
       .fallback = "pair",
       .choices = {"pair", "flow"},
       .in_resume_key = true,
       .help =
           "With --shards, and live: keep together all packets between two addresses (pair), or "
           "those of one connection (flow).",
       .paragraph = "with `--shards`, and live: `pair` keeps all packets between two addresses in "
                    "one shard (default), `flow` only those of one connection, which spreads finer",
       .example = "--hash flow",
       .setting = [](S& s) -> Setting { return &s.capture->shard_key; }},
      {.names = "--resume",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "STATE",
       .help = "Record in this file which captures are settled, and skip those that are.",
       .paragraph =
           "keeps in this file which captures are settled, and skips those that are; see below",
       .example = "--resume /var/lib/espcap/state",
       .setting = [](S& s) -> Setting { return &s.capture->resume; }},
      {.names = "--session-packets",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "N",
       .fallback = "0, any number",
       .help = "From a pipe or live: begin a fresh process after N packets, which frees what "
               "dissection has kept.",
       .paragraph = "from a pipe, and live: after so many packets, bytes of packets, or at this "
                    "resident size (default 400M) a fresh process takes over; 0: never",
       .example = "--session-packets 1000000",
       .setting = [](S& s) -> Setting { return &s.capture->session_limits.packets; }},
      {.names = "--session-bytes",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "SIZE",
       .fallback = "0, any number",
       .unit = Unit::kBytes,
       .help = "Begin a fresh process after this many bytes of packets.",
       .setting = [](S& s) -> Setting { return &s.capture->session_limits.bytes; }},
      {.names = "--session-rss",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "SIZE",
       .fallback = "400M",
       .unit = Unit::kBytes,
       .help = "Begin a fresh process at this resident size; 0: any size.",
       .setting = [](S& s) -> Setting { return &s.capture->session_limits.resident_bytes; }},
      {.names = "--worker-memory",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "SIZE",
       .fallback = "half of the memory for all workers",
       .unit = Unit::kBytes,
       .help = "Let each worker take so much memory; close to it, a fresh process goes on. 0: any.",
       .paragraph =
           "lets each worker take so much memory, beyond what a fresh one has; close to it, "
           "a fresh process goes on, of a file too (0: any; default: half of the machine's "
           "or the control group's memory for all workers together)",
       .example = "--worker-memory 400M",
       .setting = [](S& s) -> Setting { return &s.capture->worker_memory; }},
      {.names = "--frame-timeout",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "TIME",
       .fallback = "10s",
       .unit = Unit::kTime,
       .help =
           "End a process whose dissection of one packet takes this much processor time, or six "
           "times as much by the clock; 0: never.",
       .paragraph = "ends a process whose dissection of one packet takes this much processor time, "
                    "or six times as much by the clock; 0: never (default 10s)",
       .example = "--frame-timeout 1s",
       .setting = [](S& s) -> Setting { return &s.capture->frame_timeout; }},
      {.names = "--quarantine",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "DIR",
       .help =
           "Keep packets whose dissection ends processes in this directory, a pcapng file each.",
       .paragraph =
           "keeps packets whose dissection ends processes, a pcapng file each with the reason",
       .example = "--quarantine /var/lib/espcap/quarantine",
       .setting = [](S& s) -> Setting { return &s.capture->quarantine; }},
      {.names = "--quarantine-bytes",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "SIZE",
       .fallback = "100M",
       .unit = Unit::kBytes,
       .help = "Keep at most so much there; further packets are not kept.",
       .paragraph = "so many bytes there at most, those of earlier runs included (default 100M)",
       .example = "--quarantine-bytes 1G",
       .setting = [](S& s) -> Setting { return &s.capture->quarantine_bytes; }},
      {.names = "--stop-timeout",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "TIME",
       .fallback = "60s",
       .unit = Unit::kTime,
       .help = "After a signal, --duration or --count: deliver what was captured for at most this "
               "time; then "
               "keep the rest in the spool, or count it as abandoned.",
       .paragraph =
           "after a signal, `--duration` or `--count`, delivers what was captured for at most this "
           "time; then the rest stays in the spool, or is abandoned (default 60s)",
       .example = "--stop-timeout 10s",
       .setting = [](S& s) -> Setting { return &s.capture->stop_timeout; }},
      {.names = "--run-as",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "NAME",
       .fallback = "sudo's caller, else espcap where it exists, else root without capabilities",
       .help = "As root: run the process that delivers and writes as this user.",
       .paragraph =
           "started by root: the user that the process which delivers and writes becomes (default: "
           "the user who called `sudo`, else `espcap` where it exists, else root without "
           "capabilities)",
       .example = "--run-as espcap",
       .setting = [](S& s) -> Setting { return &s.capture->run_as; }},
      {.names = "--worker-user",
       .commands = kCaptureCommand,
       .group = kWork,
       .value = "NAME",
       .fallback = "nobody",
       .help = "As root: run the processes that parse packets as this user.",
       .paragraph =
           "started by root: the user that the processes which parse packets become, another than "
           "`--run-as`'s (default `nobody`)",
       .example = "--worker-user espcap-worker",
       .setting = [](S& s) -> Setting { return &s.capture->worker_user; }},
      {.names = "!--no-sandbox",
       .commands = kCaptureCommand,
       .group = kWork,
       .help = "Let processes that dissect read every file that their user may, write files, start "
               "programs and open connections: for plugins that must.",
       .paragraph = "the processes that dissect may read every file that their user may, write "
                    "files, start programs and open connections, for plugins that must",
       .example = "--no-sandbox",
       .setting = [](S& s) -> Setting { return &s.capture->sandbox; }},
  };
}

}  // namespace espcap::cli
