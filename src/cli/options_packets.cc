// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of `espcap packets`, `espcap show` and `espcap report`.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kSearch = "Search";
constexpr const char* kArchive = "Capture files";
constexpr const char* kTopic = "Topic";
constexpr const char* kPage = "Page";
constexpr const char* kShown = "What is shown";

constexpr unsigned kRetrieve = kPacketsCommand | kShowCommand;

}  // namespace

std::vector<Option> PacketsOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "QUERY",
       .commands = kRetrieve,
       .is_required = true,
       .help =
           "What to find, as in a search box: 'dns.qry.name:example*'; or @PATH of a file with a "
           "query as JSON.",
       .paragraph =
           "A name that is no path of a field finds all fields that a display filter calls "
           "so, or whose path ends so.",
       .setting = [](S& s) -> Setting { return &s.search->query; }},
      {.names = "--index",
       .commands = kRetrieve | kReportCommand,
       .group = kSearch,
       .value = "PATTERN",
       .fallback = "packets-*",
       .help = "Search these indices; a run's --index is read as all that it makes.",
       .example = "--index 'lab-*'",
       .setting = [](S& s) -> Setting { return &s.search->index; }},
      {.names = "--since",
       .commands = kRetrieve | kReportCommand,
       .group = kSearch,
       .value = "TIME",
       .help = "Find packets of this time and later.",
       .paragraph = "It is a date in UTC, `2026-03-01T12:00:00`, or one that the server reckons, "
                    "`now-1h`.",
       .example = "--since 2026-03-01",
       .setting = [](S& s) -> Setting { return &s.search->since; }},
      {.names = "--until",
       .commands = kRetrieve | kReportCommand,
       .group = kSearch,
       .value = "TIME",
       .help = "Find packets before this time.",
       .example = "--since now-2d --until now-1d",
       .setting = [](S& s) -> Setting { return &s.search->until; }},
      {.names = "--max-hits",
       .commands = kRetrieve,
       .group = kSearch,
       .value = "N",
       .fallback = "1000000",
       .range = Range{1, 100'000'000},
       .help = "Find at most N documents. If there are more, the exit status is 2.",
       .example = "--max-hits 1000",
       .setting = [](S& s) -> Setting { return &s.retrieval->max_hits; }},
      {.names = "--filter",
       .commands = kPacketsCommand,
       .group = kSearch,
       .value = "EXPR",
       .may_be_empty = true,
       .is_command_line_only = true,
       .help = "Of the packets that are found, write those that this display filter "
               "(wireshark-filter(4), tshark's -Y) matches.",
       .paragraph = "Each file is dissected from its beginning to the last packet that is found. "
                    "The `filter` of espcap.yml is that of capture, and isn't used here.",
       .example = "--filter 'tcp.analysis.retransmission'",
       .setting = [](S& s) -> Setting { return &s.packets->display_filter; }},
      {.names = "--conversation",
       .commands = kPacketsCommand,
       .group = kSearch,
       .is_command_line_only = true,
       .help = "Also write all other packets of the conversations that the found packets are of: "
               "between "
               "the same addresses and ports, in the same file.",
       .paragraph =
           "Each file is read to its end. With `--filter`, the conversations are those of the "
           "packets that it matches.",
       .example = "--conversation",
       .setting = [](S& s) -> Setting { return &s.packets->adds_conversations; }},
      {.names = "--archive-root",
       .commands = kRetrieve,
       .group = kArchive,
       .value = "DIR",
       .help = "Open files below this folder that documents name, and no others. Repeatable.",
       .paragraph = "No symbolic link below it is followed.",
       .example = "--archive-root /var/lib/captures",
       .setting = [](S& s) -> Setting { return &s.retrieval->archive_roots; }},
      {.names = "--archive-map",
       .commands = kRetrieve,
       .group = kArchive,
       .value = "OLD=NEW",
       .help = "Look below the folder NEW for files that documents name below OLD. Repeatable.",
       .example = "--archive-map /capture=/mnt/archive/branch-7",
       .setting = [](S& s) -> Setting { return &s.retrieval->archive_maps; }},
      {.names = "--archive-search",
       .commands = kRetrieve,
       .group = kArchive,
       .value = "FILES",
       .fallback = "1000",
       .range = Range{0, 1'000'000},
       .help = "Search for captures that are missing by their content, and hash at most this many "
               "files below --archive-root; 0: none.",
       .paragraph =
           "So a capture is found that was moved or renamed. Each file is hashed once; those "
           "of the same name come first.",
       .example = "--archive-search 20000",
       .setting = [](S& s) -> Setting { return &s.retrieval->archive_search; }},
      {.names = "--max-unpacked-bytes",
       .commands = kRetrieve,
       .group = kArchive,
       .value = "SIZE",
       .fallback = "1G",
       .unit = Unit::kBytes,
       .range = Range{uint64_t{1} << 20U, uint64_t{1} << 40U},
       .help = "Unpack at most SIZE bytes of a file in an archive (zip, tar), or of a .xz or .bz2 "
               "file.",
       .paragraph = "The unpacked file is on disk, in `TMPDIR` or `/var/tmp`.",
       .example = "--max-unpacked-bytes 4G",
       .setting = [](S& s) -> Setting { return &s.retrieval->max_unpacked_bytes; }},
      {.names = "--kafka-brokers",
       .commands = kPacketsCommand,
       .group = kTopic,
       .value = "BROKER[,BROKER]",
       .help = "Fetch packets of --kafka-topic from these brokers.",
       .paragraph = "A broker is HOST or HOST:PORT; the port is 9092 unless it is given.",
       .example = "--kafka-brokers kafka1,kafka2 --kafka-topic packets",
       .setting = [](S& s) -> Setting { return &s.packets->kafka_brokers; }},
      {.names = "--kafka-topic",
       .commands = kPacketsCommand,
       .group = kTopic,
       .value = "NAME",
       .help = "Read messages of this topic that documents name, and of no other one.",
       .paragraph = "Sensors have forwarded packets there, and `--from` has read them. What the "
                    "brokers no longer have is looked for below `--archive-root`.",
       .example = "--kafka-brokers kafka1,kafka2 --kafka-topic packets",
       .setting = [](S& s) -> Setting { return &s.packets->kafka_topic; }},
      {.names = "--kafka",
       .commands = kPacketsCommand,
       .group = kTopic,
       .value = "NAME=VALUE",
       .help = "Set this property of librdkafka. Repeatable.",
       .paragraph = "Properties that hold secrets, load code or break guarantees are refused.",
       .example = "--kafka security.protocol=ssl",
       .setting = [](S& s) -> Setting { return &s.packets->kafka; }},
      {.names = "--kafka-password-file",
       .commands = kPacketsCommand,
       .group = kTopic,
       .value = "PATH",
       .help = "The brokers: log in with the password in this file, which only its owner may read.",
       .paragraph = "The user and the mechanism are properties: `--kafka sasl.username=NAME`.",
       .example = "--kafka-password-file /etc/espcap/kafka-password",
       .setting = [](S& s) -> Setting { return &s.packets->kafka_password_file; }},
      {.names = "-w,--pcapng",
       .commands = kPacketsCommand,
       .group = kArchive,
       .value = "PATH",
       .fallback = "standard output, unless that is a terminal",
       .help = "Write the packets to this pcapng file, in the place of one that is there; - is "
               "standard output.",
       .example = "-w found.pcapng",
       .setting = [](S& s) -> Setting { return &s.packets->output; }},
  };
}

std::vector<Option> ShowOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--format",
       .commands = kShowCommand,
       .group = kShown,
       .value = "FORMAT",
       .fallback = "details",
       .choices = {"details", "ndjson", "columns"},
       .is_command_line_only = true,
       .help = "Show each packet as all its layers in words (as `tshark -V`), as the document of "
               "`--detail tree`, or as its line in the packet list.",
       .example = "--format columns",
       .setting = [](S& s) -> Setting { return &s.show->format; }},
      {.names = "--pair-only",
       .commands = kShowCommand,
       .group = kShown,
       .is_command_line_only = true,
       .help = "Of the packets before, dissect only those between the same two addresses.",
       .paragraph = "It is faster. What other packets tell (names, sessions that they set up) is "
                    "missing then.",
       .example = "--pair-only",
       .setting = [](S& s) -> Setting { return &s.show->pair_only; }},
      {.names = "--output",
       .commands = kShowCommand,
       .group = kShown,
       .value = "PATH",
       .fallback = "standard output",
       .is_command_line_only = true,
       .help = "Write to this file, in the place of one that is there; - is standard output.",
       .example = "--output found.txt",
       .setting = [](S& s) -> Setting { return &s.show->output; }},
  };
}

std::vector<Option> ReportOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--query",
       .commands = kReportCommand,
       .group = kSearch,
       .value = "QUERY",
       .fallback = "every packet",
       .help = "Report on what this finds, as in a search box; or @PATH of a file with a query as "
               "JSON.",
       .example = "--query 'espcap.sensor:branch-7'",
       .setting = [](S& s) -> Setting { return &s.search->query; }},
      {.names = "--output",
       .commands = kReportCommand,
       .group = kPage,
       .value = "PATH",
       .fallback = "report.html",
       .help = "Write the page to this file, in the place of one that is there; - is standard "
               "output.",
       .paragraph = "It can't be set in `espcap.yml`, where `output` is a run's.",
       .example = "--output report.html",
       .setting = [](S& s) -> Setting { return &s.report->output; }},
      {.names = "--archive-root",
       .commands = kReportCommand,
       .group = kPage,
       .value = "DIR",
       .help = "Name this folder in the commands that find a row's packets. Repeatable.",
       .example = "--archive-root /var/lib/captures",
       .setting = [](S& s) -> Setting { return &s.report->archive_roots; }},
  };
}

}  // namespace espcap::cli
