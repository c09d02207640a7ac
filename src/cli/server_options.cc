// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_groups.h"

namespace espcap::cli {

void AddServerOptions(CLI::App& app, ServerSettings& settings) {
  AddList(app, "--node", settings.nodes,
          "Index into this Elasticsearch: host, host:port or a URL. Repeatable: nodes of one "
          "cluster, which take turns. Without --node or --output, documents go to standard output.",
          "URL")
      ->group("Destinations");
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
}

}  // namespace espcap::cli
