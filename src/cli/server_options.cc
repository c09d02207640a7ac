// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_groups.h"

namespace espcap::cli {
namespace {

void AddSecurity(CLI::App& app, SecuritySettings& settings) {
  const auto add = [&app](const char* name, std::string& value, const char* type,
                          const char* description) {
    app.add_option(name, value, description)->type_name(type)->group("Security");
  };
  add("--ca-file", settings.ca_file, "PATH",
      "https: trust the CAs in this PEM file, in place of the system's.");
  add("--fingerprint", settings.fingerprint, "SHA256",
      "https: trust the certificate with this SHA-256 alone, the server's or a CA's in its chain.");
  app.add_flag("--insecure", settings.insecure,
               "https: don't check the server's certificate. Anyone can then read along.")
      ->group("Security");
  add("--client-cert", settings.client_cert, "PATH",
      "https: our own certificate for the server, PEM, with its chain.");
  add("--client-key", settings.client_key, "PATH",
      "Its key, PEM, without a passphrase; else it stands in --client-cert.");
  add("--user", settings.user, "NAME",
      "User of basic authentication. The password: --password-file, ESPCAP_PASSWORD, or in the URL "
      "of --node.");
  add("--password-file", settings.password_file, "PATH",
      "File that holds the password and that only its owner can read.");
  add("--api-key-file", settings.api_key_file, "PATH",
      "File that holds an API key, id:key or its Base64 form; else ESPCAP_API_KEY.");
  add("--bearer-token-file", settings.bearer_token_file, "PATH",
      "File that holds a bearer token; else ESPCAP_BEARER_TOKEN.");
}

void AddNodes(CLI::App& app, ServerSettings& settings, const std::string& description) {
  AddList(app, "--node", settings.nodes, description, "URL")->group("Destinations");
}

}  // namespace

void AddQueriedServer(CLI::App& app, ServerSettings& settings) {
  AddNodes(app, settings, "The server. Repeatable: the first that answers is used.");
  AddSecurity(app, settings.security);
}

void AddServerOptions(CLI::App& app, ServerSettings& settings) {
  AddNodes(
      app, settings,
      "Index into this Elasticsearch: host, host:port or a URL. Repeatable: nodes of one "
      "cluster, which take turns. Without --node or --output, documents go to standard output.");
  app.add_option("--chunk", settings.chunk, "Documents in a request (default 1000).")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}).description(""))
      ->group("Delivery");
  AddSize(app, "--chunk-bytes", settings.chunk_bytes,
          "Bytes in a request, with k, M or G (default 8M).")
      ->check(CLI::Range(uint64_t{1024}, uint64_t{1} << 31U).description(""))
      ->group("Delivery");
  app.add_flag_function(
         "--compress,!--no-compress",
         [&settings](int64_t balance) { settings.compress = balance > 0; },
         "Requests to a server go as gzip (default, but for one on this machine).")
      ->group("Delivery");
  app.add_option("--concurrency", settings.concurrency,
                 "Requests to each node at a time (default: from 1 to 8, as they speed it up).")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""))
      ->group("Delivery");
  app.add_option("--max-retries", settings.max_retries,
                 "How often a document is sent again before it counts as refused (default: until "
                 "the server takes or refuses it).")
      ->type_name("N")
      ->group("Delivery");
  app.add_option_function<uint32_t>(
         "--request-timeout",
         [&settings](uint32_t count) { settings.request_timeout = std::chrono::seconds(count); },
         "Seconds until a request without answer is sent again (default 60).")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600).description(""))
      ->group("Delivery");
  AddSecurity(app, settings.security);
}

}  // namespace espcap::cli
