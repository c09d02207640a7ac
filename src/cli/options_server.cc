// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options that several commands have: the server, the program's own.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kDestinations = "Destinations";
constexpr const char* kDelivery = "Delivery";
constexpr const char* kProgram = "Program";
constexpr unsigned kSendingCommands = kCaptureCommand | kResendCommand;
constexpr unsigned kAskingCommands =
    kTemplateCommand | kQueryCommand | kPacketsCommand | kShowCommand | kReportCommand;

}  // namespace

std::vector<Option> ServerOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--node",
       .commands = kSendingCommands,
       .group = kDestinations,
       .value = "URL",
       .in_resume_key = true,
       .help = "Index into this server: host, host:port or a URL. Repeatable: nodes of"
               " one cluster, which share the work. Without --node or --output, "
               "documents go to standard output.",
       .paragraph = "The port is 9200 unless given, and 443 for https.",
       .example = "--node es1:9200 --node es2:9200",
       .setting = [](S& s) -> Setting { return &s.server->nodes; }},
      {.names = "--node",
       .commands = kAskingCommands,
       .group = kDestinations,
       .value = "URL",
       .help = "Ask this server. Repeatable: the first that answers is used.",
       .example = "--node es:9200",
       .setting = [](S& s) -> Setting { return &s.server->nodes; }},
      {.names = "--chunk",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "1000",
       .range = Range{1, 1'000'000},
       .help = "Send at most N documents in a request.",
       .example = "--chunk 100",
       .setting = [](S& s) -> Setting { return &s.server->chunk; }},
      {.names = "--chunk-bytes",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "SIZE",
       .fallback = "8M",
       .unit = Unit::kBytes,
       .range = Range{1024, uint64_t{1} << 31U},
       .help = "Send at most SIZE bytes in a request, before compression.",
       .paragraph = "At most four times as much is held in memory.",
       .example = "--chunk-bytes 2M",
       .setting = [](S& s) -> Setting { return &s.server->chunk_bytes; }},
      {.names = "--compress,!--no-compress",
       .commands = kSendingCommands,
       .group = kDelivery,
       .fallback = "gzip, but for a server on this machine",
       .help = "Send requests as gzip, about a quarter as large, or as they are.",
       .paragraph = "This machine is `localhost`, `127.0.0.0/8` and `[::1]`.",
       .example = "--no-compress",
       .setting = [](S& s) -> Setting { return &s.server->compress; }},
      {.names = "--concurrency",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "from 1 to 8, as they speed it up",
       .range = Range{1, 64},
       .help = "Send N requests to each node at a time.",
       .example = "--concurrency 2",
       .setting = [](S& s) -> Setting { return &s.server->concurrency; }},
      {.names = "--max-retries",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "until the server accepts or refuses it",
       .help = "Send a document again at most N times; then it is a dead letter.",
       .example = "--max-retries 20",
       .setting = [](S& s) -> Setting { return &s.server->max_retries; }},
      {.names = "--request-timeout",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "SECONDS",
       .fallback = "60",
       .range = Range{1, 3600},
       .help = "Send a request again after SECONDS without an answer.",
       .example = "--request-timeout 120",
       .setting = [](S& s) -> Setting { return &s.server->request_timeout; }},
      {.names = "--pipeline",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "NAME",
       .in_resume_key = true,
       .help = "Send documents through this ingest pipeline of the server, in place of"
               " their index's default one.",
       .paragraph = "It is an error if the server has no such pipeline.",
       .example = "--pipeline geo",
       .setting = [](S& s) -> Setting { return &s.server->pipeline; }},
      {.names = "--template-priority",
       .commands = kCaptureCommand | kTemplateCommand,
       .group = kDelivery,
       .value = "N",
       .fallback = "200",
       .range = Range{0, 2'000'000'000},
       .help = "Give the index template this priority: if several match an index, the "
               "highest wins.",
       .paragraph = "Two templates that match one index cannot have the same priority.",
       .example = "--template-priority 600",
       .setting = [](S& s) -> Setting { return &s.server->template_priority; }},
  };
}

std::vector<Option> ProgramOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--config",
       .commands = kEveryCommand,
       .group = kProgram,
       .value = "PATH",
       .fallback = "the first of ./espcap.yml, ../config/espcap.yml, config/espcap.yml, "
                   "/etc/espcap/espcap.yml",
       .help = "Read this configuration file.",
       .example = "--config lab.yml",
       .setting = [](S& s) -> Setting { return &s.program->config; }},
      {.names = "--quiet",
       .commands = kEveryCommand,
       .group = kProgram,
       .help = "Write only errors and warnings.",
       .example = "--quiet",
       .setting = [](S& s) -> Setting { return &s.program->quiet; }},
      {.names = "--verbose",
       .commands = kEveryCommand,
       .group = kProgram,
       .help = "Say what is done: the configuration, the server, each file.",
       .example = "--verbose",
       .setting = [](S& s) -> Setting { return &s.program->verbose; }},
  };
}

}  // namespace espcap::cli
