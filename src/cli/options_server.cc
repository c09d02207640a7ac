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
constexpr unsigned kAskingCommands = kTemplateCommand | kQueryCommand;

}  // namespace

std::vector<Option> ServerOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--node",
       .commands = kSendingCommands,
       .group = kDestinations,
       .value = "URL",
       .in_resume_key = true,
       .help = "Index into this Elasticsearch: host, host:port or a URL. Repeatable: nodes of one "
               "cluster, which take turns. Without --node or --output, documents go to standard "
               "output.",
       .paragraph =
           "documents go to an Elasticsearch: `host`, `host:port` or a URL (port 9200 unless it "
           "says otherwise, 443 for https); repeatable: nodes of one cluster, which take turns",
       .example = "--node es1:9200 --node es2:9200",
       .setting = [](S& s) -> Setting { return &s.server->nodes; }},
      {.names = "--node",
       .commands = kAskingCommands,
       .group = kDestinations,
       .value = "URL",
       .help = "Ask this server. Repeatable: the first that answers is used.",
       .paragraph =
           "the server; the first that answers; with the same options for security as a run",
       .example = "--node es:9200",
       .setting = [](S& s) -> Setting { return &s.server->nodes; }},
      {.names = "--chunk",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "1000",
       .range = Range{1, 1'000'000},
       .help = "Send this many documents in a request.",
       .paragraph = "documents in one request (default 1000)",
       .example = "--chunk 100",
       .setting = [](S& s) -> Setting { return &s.server->chunk; }},
      {.names = "--chunk-bytes",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "SIZE",
       .fallback = "8M",
       .unit = Unit::kBytes,
       .range = Range{1024, uint64_t{1} << 31U},
       .help = "Send at most this many bytes in a request.",
       .paragraph = "bytes in one request, before it is compressed (default 8M); at most four "
                    "times as much is ever held",
       .example = "--chunk-bytes 2M",
       .setting = [](S& s) -> Setting { return &s.server->chunk_bytes; }},
      {.names = "--compress,!--no-compress",
       .commands = kSendingCommands,
       .group = kDelivery,
       .fallback = "gzip, but for a server on this machine",
       .help = "Send requests as gzip.",
       .paragraph =
           "requests go to the server as gzip, about a quarter as large, or as they are; gzip is "
           "the default but for a server on this machine (`localhost`, `127.0.0.0/8`, `[::1]`)",
       .example = "--no-compress",
       .setting = [](S& s) -> Setting { return &s.server->compress; }},
      {.names = "--concurrency",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "from 1 to 8, as they speed it up",
       .range = Range{1, 64},
       .help = "Send N requests to each node at a time.",
       .paragraph =
           "requests to each node at a time; by default from 1 to 8, as they bring more through",
       .example = "--concurrency 2",
       .setting = [](S& s) -> Setting { return &s.server->concurrency; }},
      {.names = "--max-retries",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "until the server accepts or refuses it",
       .help = "Send a document again at most N times; then it counts as refused.",
       .paragraph = "so often a document is sent again before it becomes a dead letter; by default "
                    "without end",
       .example = "--max-retries 20",
       .setting = [](S& s) -> Setting { return &s.server->max_retries; }},
      {.names = "--request-timeout",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "SECONDS",
       .fallback = "60",
       .range = Range{1, 3600},
       .help = "Send a request again when it had no answer for this time.",
       .paragraph = "so long a request may take before it is sent again (default 60)",
       .example = "--request-timeout 120",
       .setting = [](S& s) -> Setting { return &s.server->request_timeout; }},
      {.names = "--pipeline",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "NAME",
       .in_resume_key = true,
       .help = "Send documents through this ingest pipeline of the server's, in place of their "
               "index's default one.",
       .paragraph = "documents go through this ingest pipeline of the server's, in place of their "
                    "index's default one; it is an error where the server has none of this name",
       .example = "--pipeline geo",
       .setting = [](S& s) -> Setting { return &s.server->pipeline; }},
      {.names = "--template-priority",
       .commands = kCaptureCommand | kTemplateCommand,
       .group = kDelivery,
       .value = "N",
       .fallback = "200",
       .range = Range{0, 2'000'000'000},
       .help = "Give the index template this priority: where several match an index, the highest "
               "wins.",
       .paragraph = "the priority of espcap's index template (default 200): where several match an "
                    "index, the highest wins; two that match one index can't have the same",
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
       .paragraph = "takes this configuration file",
       .example = "--config lab.yml",
       .setting = [](S& s) -> Setting { return &s.program->config; }},
      {.names = "--quiet",
       .commands = kEveryCommand,
       .group = kProgram,
       .help = "Write only errors and warnings.",
       .paragraph = "only errors and warnings",
       .example = "--quiet",
       .setting = [](S& s) -> Setting { return &s.program->quiet; }},
      {.names = "--verbose",
       .commands = kEveryCommand,
       .group = kProgram,
       .help = "Say what is done.",
       .paragraph = "says what is done: the configuration, the server, each file",
       .example = "--verbose",
       .setting = [](S& s) -> Setting { return &s.program->verbose; }},
  };
}

}  // namespace espcap::cli
