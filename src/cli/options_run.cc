// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of the main command: what its documents look like, how the work is shared out, and what
// becomes of documents that the server doesn't take.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kDestinations = "Destinations";
constexpr const char* kWork = "Work";
constexpr const char* kDelivery = "Delivery";

}  // namespace

std::vector<Option> DocumentOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--output",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "PATH",
       .in_resume_key = true,
       .help = "Write the documents to a file, compressed where its name ends in .gz or .zst; '-' "
               "is standard output.",
       .paragraph =
           "documents go to a file, which is emptied first (not with `--resume`); where its name "
           "ends in `.gz` or `.zst`, it is compressed; `-` is standard output, which never is",
       .example = "--output packets.ndjson.gz",
       .setting = [](S& s) -> Setting { return &s.capture->output; }},
      {.names = "--format",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "FORMAT",
       .fallback = "ndjson",
       .choices = {"ndjson", "bulk", "text"},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write ndjson, a document a line; bulk, with action lines, a _bulk body; or text, "
               "Espcap's dump for people.",
       .paragraph = "`ndjson`: one document a line (default); `bulk`: an action line before each, "
                    "ready for `_bulk`; `text`: Espcap's dump for people",
       .example = "--format text",
       .setting = [](S& s) -> Setting { return &s.capture->format; }},
      {.names = "--hex",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the bytes of each field (tshark's -x).",
       .paragraph = "adds each field's bytes, as tshark's `-x`",
       .example = "--hex",
       .setting = [](S& s) -> Setting { return &s.capture->hex; }},
      {.names = "--typed",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write numbers as JSON numbers, for stores that accept no texts for them.",
       .paragraph = "numbers are JSON numbers, in place of texts, for stores that take no texts "
                    "for them; the template is the same",
       .example = "--typed",
       .setting = [](S& s) -> Setting { return &s.capture->typed; }},
      {.names = "--ecs",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the fields of the Elastic Common Schema at the top of each document.",
       .paragraph = "adds the fields of the Elastic Common Schema at the top of each document, "
                    "beside `layers`: `@timestamp`, event, source, destination, network (with "
                    "`community_id`), dns, http, url, tls, observer",
       .example = "--ecs",
       .setting = [](S& s) -> Setting { return &s.capture->ecs; }},
      {.names = "--columns",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the columns of Wireshark's packet list.",
       .paragraph = "adds the columns of Wireshark's packet list as `columns.no`, `.time`, "
                    "`.source`, `.destination`, `.protocol`, `.length` and `.info`; with `--ecs` "
                    "also `message`; `--fields _ws.col.info` adds single ones",
       .example = "--columns",
       .setting = [](S& s) -> Setting { return &s.capture->columns; }},
      {.names = "--value-strings",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the names of values, under the field's key with _text.",
       .paragraph =
           "adds what a number means, as a text under the field's key with `_text`: beside "
           "`smb2_smb2_cmd` 5 stands `smb2_smb2_cmd_text` `Create`; bytes that are UTF-8, "
           "such as an SSID, have theirs in all documents but plain `ndjson`",
       .example = "--value-strings",
       .setting = [](S& s) -> Setting { return &s.capture->value_strings; }},
      {.names = "--max-document-bytes",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "SIZE",
       .fallback = "1M for a server, else 32M",
       .unit = Unit::kBytes,
       .range = Range{uint64_t{1} << 10U, uint64_t{200} << 20U},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Cut documents that are larger, and say so in them.",
       .setting = [](S& s) -> Setting { return &s.capture->limits.bytes; }},
      {.names = "--max-depth",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "N",
       .fallback = "450",
       .range = Range{1, 450},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Cut objects that are more than N levels deep, and say so in the document.",
       .paragraph = "documents with objects more than 450 levels deep, or larger than 1 MiB for a "
                    "server and 32 MiB elsewhere, are cut at the layer that overflows; "
                    "`espcap.cut` and `espcap.cut_layer` say so; the summary counts them and names "
                    "the protocol that most of them were cut in",
       .example = "--max-document-bytes 8M",
       .setting = [](S& s) -> Setting { return &s.capture->limits.depth; }},
      {.names = "--max-values",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "N",
       .fallback = "1000 for a server, else 0, any number",
       .range = Range{0, 100'000'000},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Keep the first N values of a key in an object, and say so in the document.",
       .paragraph = "keeps the first N values of a key in an object (0: all; default: 1000 for a "
                    "server, else all); `espcap.cut` then has `values`, and `espcap.cut_key` "
                    "names the key",
       .example = "--max-values 5000",
       .setting = [](S& s) -> Setting { return &s.capture->limits.values; }},
      {.names = "--max-value-bytes",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "SIZE",
       .fallback = "0, any length; 16k for an OpenSearch whose template has a flat_object",
       .unit = Unit::kBytes,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Cut single texts that are longer, and say so in the document.",
       .paragraph = "the same for single texts (default: any; 16 KiB for an OpenSearch whose "
                    "template has `--rest flattened`)",
       .example = "--max-value-bytes 4k",
       .setting = [](S& s) -> Setting { return &s.capture->limits.value_bytes; }},
  };
}

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
       .fallback = "nobody",
       .help = "As root: run the processes that touch packets as this user.",
       .paragraph =
           "started by root: whom the processes that touch packets become (default `nobody`)",
       .example = "--run-as espcap",
       .setting = [](S& s) -> Setting { return &s.capture->run_as; }},
      {.names = "!--no-sandbox",
       .commands = kCaptureCommand,
       .group = kWork,
       .help = "Let processes that dissect write files, start programs and open connections: for "
               "plugins that must.",
       .paragraph = "the processes that dissect may write files, start programs and open "
                    "connections, for plugins that must",
       .example = "--no-sandbox",
       .setting = [](S& s) -> Setting { return &s.capture->sandbox; }},
  };
}

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
