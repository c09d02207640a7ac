// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options that several commands have: the server, its security, the program's own.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kDestinations = "Destinations";
constexpr const char* kDelivery = "Delivery";
constexpr const char* kSecurity = "Security";
constexpr const char* kProgram = "Program";
constexpr unsigned kSendingCommands = kCaptureCommand | kResendCommand;
constexpr unsigned kAskingCommands = kTemplateCommand | kQueryCommand;
constexpr unsigned kServerCommands = kSendingCommands | kAskingCommands;

Option Security(const char* name, const char* value, const char* help,
                Setting (*setting)(SettingsOfCommand&)) {
  return {.names = name,
          .commands = kServerCommands,
          .group = kSecurity,
          .value = value,
          .help = help,
          .setting = setting};
}

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
       .setting = [](S& s) -> Setting { return &s.server->nodes; }},
      {.names = "--node",
       .commands = kAskingCommands,
       .group = kDestinations,
       .value = "URL",
       .help = "Ask this server. Repeatable: the first that answers is used.",
       .setting = [](S& s) -> Setting { return &s.server->nodes; }},
      {.names = "--chunk",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "1000",
       .range = Range{1, 1'000'000},
       .help = "Send this many documents in a request.",
       .setting = [](S& s) -> Setting { return &s.server->chunk; }},
      {.names = "--chunk-bytes",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "SIZE",
       .fallback = "8M",
       .unit = Unit::kBytes,
       .range = Range{1024, uint64_t{1} << 31U},
       .help = "Send at most this many bytes in a request.",
       .setting = [](S& s) -> Setting { return &s.server->chunk_bytes; }},
      {.names = "--compress,!--no-compress",
       .commands = kSendingCommands,
       .group = kDelivery,
       .fallback = "gzip, but for a server on this machine",
       .help = "Send requests as gzip.",
       .setting = [](S& s) -> Setting { return &s.server->compress; }},
      {.names = "--concurrency",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "from 1 to 8, as they speed it up",
       .range = Range{1, 64},
       .help = "Send N requests to each node at a time.",
       .setting = [](S& s) -> Setting { return &s.server->concurrency; }},
      {.names = "--max-retries",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "N",
       .fallback = "until the server accepts or refuses it",
       .help = "Send a document again at most N times; then it counts as refused.",
       .setting = [](S& s) -> Setting { return &s.server->max_retries; }},
      {.names = "--request-timeout",
       .commands = kSendingCommands,
       .group = kDelivery,
       .value = "SECONDS",
       .fallback = "60",
       .range = Range{1, 3600},
       .help = "Send a request again when it had no answer for this time.",
       .setting = [](S& s) -> Setting { return &s.server->request_timeout; }},
  };
}

std::vector<Option> SecurityOptions() {
  using S = SettingsOfCommand;
  std::vector<Option> options = {
      Security("--ca-file", "PATH",
               "https: trust the CAs in this PEM file, in place of the system's.",
               [](S& s) -> Setting { return &s.server->security.ca_file; }),
      Security("--fingerprint", "SHA256",
               "https: trust the certificate with this SHA-256 alone, the server's or a CA's in "
               "its chain.",
               [](S& s) -> Setting { return &s.server->security.fingerprint; }),
      Security("--insecure", "",
               "https: don't check the server's certificate. Anyone can then read along.",
               [](S& s) -> Setting { return &s.server->security.insecure; }),
      Security("--client-cert", "PATH",
               "https: show the server this certificate, PEM, with its chain.",
               [](S& s) -> Setting { return &s.server->security.client_cert; }),
      Security("--client-key", "PATH",
               "https: use this key, PEM, without a passphrase; else the one in --client-cert.",
               [](S& s) -> Setting { return &s.server->security.client_key; }),
      Security("--user", "NAME",
               "Log in as this user (basic authentication). The password: --password-file, "
               "ESPCAP_PASSWORD, or in the URL of --node.",
               [](S& s) -> Setting { return &s.server->security.user; }),
      Security("--password-file", "PATH",
               "Read the password from this file, which only its owner can read.",
               [](S& s) -> Setting { return &s.server->security.password_file; }),
      Security("--api-key-file", "PATH",
               "Read an API key from this file, id:key or its Base64 form; else ESPCAP_API_KEY.",
               [](S& s) -> Setting { return &s.server->security.api_key_file; }),
      Security("--bearer-token-file", "PATH",
               "Read a bearer token from this file; else ESPCAP_BEARER_TOKEN.",
               [](S& s) -> Setting { return &s.server->security.bearer_token_file; }),
  };
  return options;
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
       .setting = [](S& s) -> Setting { return &s.program->config; }},
      {.names = "--quiet",
       .commands = kEveryCommand,
       .group = kProgram,
       .help = "Write only errors and warnings.",
       .setting = [](S& s) -> Setting { return &s.program->quiet; }},
      {.names = "--verbose",
       .commands = kEveryCommand,
       .group = kProgram,
       .help = "Say what is done.",
       .setting = [](S& s) -> Setting { return &s.program->verbose; }},
  };
}

}  // namespace espcap::cli
