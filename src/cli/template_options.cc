// SPDX-License-Identifier: GPL-2.0-or-later
#include <map>

#include "cli/option_groups.h"

namespace espcap::cli {
namespace {

constexpr const char* kGroup = "Template";

}  // namespace

void AddTemplateOptions(CLI::App& app, TemplateSettings& settings) {
  AddQueriedServer(app, settings);
  app.add_flag("--install", settings.install, "Put the template there.")->group("Destinations");
  app.add_flag("--check", settings.check,
               "Say what the server's template has otherwise; the exit status is 1 then.")
      ->group("Destinations");
  app.add_option("--index", settings.index,
                 "The indices it is for, as a run's --index (default packets-%Y-%m-%d).")
      ->type_name("PATTERN")
      ->group(kGroup);
  app.add_option("--data-stream", settings.data_stream,
                 "It is this data stream's, whose documents need an @timestamp.")
      ->type_name("NAME")
      ->group(kGroup);
  AddList(app, "--fields", settings.fields,
          "The fields that can be searched, as a run's --fields (default: a choice for the common "
          "protocols). Repeatable.",
          "LIST")
      ->group(kGroup);
  AddList(app, "--protocols", settings.protocols, "Every field of these. Repeatable.", "LIST")
      ->group(kGroup);
  app.add_option_function<std::string>(
         "--rest",
         [&settings](const std::string& name) { settings.rest_flattened = name == "flattened"; },
         "All other fields: none leaves them in the documents (default), flattened makes them "
         "searchable as keywords.")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"none", "flattened"}).description(""))
      ->group(kGroup);
  static const std::map<std::string, schema::Dialect> dialects = {
      {"elasticsearch", schema::Dialect::kElasticsearch},
      {"opensearch", schema::Dialect::kOpenSearch}};
  app.add_option_function<std::string>(
         "--server", [&settings](const std::string& name) { settings.dialect = dialects.at(name); },
         "Without --node: elasticsearch (default) or opensearch.")
      ->type_name("NAME")
      ->check(CLI::IsMember({"elasticsearch", "opensearch"}).description(""))
      ->group(kGroup);
}

}  // namespace espcap::cli
