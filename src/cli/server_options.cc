// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_groups.h"

namespace espcap::cli {

void AddServerOptions(CLI::App& app, ServerSettings& settings) {
  AddList(app, "--node", settings.nodes,
          "Index into this Elasticsearch: host, host:port or a URL. Repeatable: the first that "
          "answers is used. Without --node or --output, documents go to standard output.",
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
}

}  // namespace espcap::cli
