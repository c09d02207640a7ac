// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of every command that speaks to a server: TLS and credentials.
#include "cli/option_rows.h"

namespace espcap::cli {

std::vector<Option> SecurityOptions() {
  using S = SettingsOfCommand;
  constexpr const char* kSecurity = "Security";
  constexpr unsigned kServerCommands = kCaptureCommand | kResendCommand | kTemplateCommand |
                                       kQueryCommand | kPacketsCommand | kShowCommand |
                                       kReportCommand;
  return {
      {.names = "--ca-file",
       .commands = kServerCommands,
       .group = kSecurity,
       .value = "PATH",
       .help = "https and Kafka: trust the CAs in this PEM file, in place of the system's.",
       .example = "--node https://es.example:9200 --ca-file http_ca.crt",
       .setting = [](S& s) -> Setting { return &s.server->security.ca_file; }},
      {.names = "--fingerprint",
       .commands = kServerCommands,
       .group = kSecurity,
       .value = "SHA256",
       .help = "https: trust the certificate with this SHA-256 alone, the server's or "
               "a CA's in its chain.",
       .paragraph = "Elasticsearch prints a fingerprint at its first start. Colons are "
                    "optional.",
       .example = "--fingerprint 5dfb87f9…",
       .setting = [](S& s) -> Setting { return &s.server->security.fingerprint; }},
      {.names = "--insecure",
       .commands = kServerCommands,
       .group = kSecurity,
       .help = "https and Kafka: do not check the server's certificate. Others on the way can "
               "then read and change everything.",
       .paragraph = "Each run warns.",
       .example = "--insecure",
       .setting = [](S& s) -> Setting { return &s.server->security.insecure; }},
      {.names = "--client-cert",
       .commands = kServerCommands,
       .group = kSecurity,
       .value = "PATH",
       .help = "https and Kafka: show the server this certificate, PEM, with its chain.",
       .example = "--client-cert me.pem --client-key me.key",
       .setting = [](S& s) -> Setting { return &s.server->security.client_cert; }},
      {.names = "--client-key",
       .commands = kServerCommands,
       .group = kSecurity,
       .value = "PATH",
       .help = "https and Kafka: use this key, PEM, without a passphrase; else the one in "
               "--client-cert.",
       .example = "--client-cert me.pem --client-key me.key",
       .setting = [](S& s) -> Setting { return &s.server->security.client_key; }},
      {.names = "--user",
       .commands = kServerCommands,
       .group = kSecurity,
       .value = "NAME",
       .help = "Log in as this user (basic authentication; Kafka: SASL). The password: "
               "--password-file, ESPCAP_PASSWORD, or (deprecated) in the URL of --node.",
       .example = "--user espcap --password-file /etc/espcap/password",
       .setting = [](S& s) -> Setting { return &s.server->security.user; }},
      {.names = "--password-file",
       .commands = kServerCommands,
       .group = kSecurity,
       .value = "PATH",
       .help = "Read the password from this file, which only its owner can read.",
       .example = "--user espcap --password-file /etc/espcap/password",
       .setting = [](S& s) -> Setting { return &s.server->security.password_file; }},
      {.names = "--api-key-file",
       .commands = kServerCommands,
       .group = kSecurity,
       .value = "PATH",
       .help = "Read an API key from this file, id:key or its Base64 form; else "
               "ESPCAP_API_KEY.",
       .paragraph = "The Base64 form is the `encoded` of Elasticsearch's answer.",
       .example = "--api-key-file /etc/espcap/api-key",
       .setting = [](S& s) -> Setting { return &s.server->security.api_key_file; }},
      {.names = "--bearer-token-file",
       .commands = kServerCommands,
       .group = kSecurity,
       .value = "PATH",
       .help = "Read a bearer token from this file; else ESPCAP_BEARER_TOKEN.",
       .paragraph = "Of a service account, for example.",
       .example = "--bearer-token-file /etc/espcap/token",
       .setting = [](S& s) -> Setting { return &s.server->security.bearer_token_file; }},
  };
}

}  // namespace espcap::cli
