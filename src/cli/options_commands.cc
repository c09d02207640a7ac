// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options and arguments of single subcommands.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kTemplate = "Template";

}  // namespace

std::vector<Option> TemplateOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--install",
       .commands = kTemplateCommand,
       .group = "Destinations",
       .help = "Put the template on the server.",
       .paragraph = "puts it there; where it is there already, nothing is changed",
       .example = "--node es:9200 --install",
       .setting = [](S& s) -> Setting { return &s.index_template->install; }},
      {.names = "--check",
       .commands = kTemplateCommand,
       .group = "Destinations",
       .help = "Change nothing: say what the server's template has otherwise, and which other one "
               "would win for a new index; the exit status is 2 then.",
       .paragraph =
           "changes nothing; says what the server has otherwise, which other template "
           "would win for a new index, and what the index of today has otherwise; the exit "
           "status is 2 then",
       .example = "--node es:9200 --check",
       .setting = [](S& s) -> Setting { return &s.index_template->check; }},
      {.names = "--index",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "PATTERN",
       .fallback = "packets-%Y-%m-%d",
       .help = "Make it for these indices, as a run's --index.",
       .paragraph = "for these indices, as a run's (default `packets-%Y-%m-%d`)",
       .example = "--index 'lab-%Y.%m'",
       .setting = [](S& s) -> Setting { return &s.index_template->index; }},
      {.names = "--data-stream",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "NAME",
       .help = "Make it for this data stream.",
       .paragraph = "for this data stream; a run sees at connect that its documents need an "
                    "`@timestamp`, and adds it",
       .example = "--data-stream packets-office",
       .setting = [](S& s) -> Setting { return &s.index_template->data_stream; }},
      {.names = "--fields",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "LIST",
       .fallback = "a choice for the common protocols",
       .help = "Make these fields searchable, as a run's --fields. Repeatable.",
       .paragraph = "these fields, and every field of these protocols, in place of the choice for "
                    "common protocols",
       .example = "--protocols modbus,mbtcp",
       .setting = [](S& s) -> Setting { return &s.index_template->fields; }},
      {.names = "--protocols",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "LIST",
       .help = "Make every field of these searchable. Repeatable.",
       .setting = [](S& s) -> Setting { return &s.index_template->protocols; }},
      {.names = "--rest",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "WHAT",
       .fallback = "none",
       .choices = {"none", "flattened"},
       .help = "All other fields: leave them in the documents (none), or make them searchable as "
               "keywords (flattened).",
       .paragraph = "all other fields: `none` leaves them in the documents (default); `flattened` "
                    "makes them searchable as keywords",
       .example = "--rest flattened",
       .setting = [](S& s) -> Setting { return &s.index_template->rest; }},
      {.names = "--value-strings",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .help = "Make the names of values searchable too, for runs with --value-strings.",
       .paragraph = "also the names of values, for runs with `--value-strings`",
       .example = "--value-strings",
       .setting = [](S& s) -> Setting { return &s.index_template->value_strings; }},
      {.names = "--server",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "NAME",
       .fallback = "elasticsearch",
       .choices = {"elasticsearch", "opensearch"},
       .help = "Without --node: make it for this server.",
       .paragraph = "without `--node`: for `elasticsearch` (default) or `opensearch`",
       .example = "--server opensearch",
       .setting = [](S& s) -> Setting { return &s.index_template->server; }},
  };
}

std::vector<Option> SubcommandOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "FILE",
       .commands = kResendCommand,
       .help = "Dead letters, as --dead-letters keeps them.",
       .setting = [](S& s) -> Setting { return &s.resend->file; }},
      {.names = "PATTERN",
       .commands = kFieldsCommand,
       .help = "A part of a name or a description; or a name with '*' in it.",
       .setting = [](S& s) -> Setting { return &s.fields->pattern; }},
      {.names = "--curated",
       .commands = kFieldsCommand,
       .help = "List only those that the default template makes searchable.",
       .setting = [](S& s) -> Setting { return &s.fields->curated; }},
      {.names = "--names",
       .commands = kFieldsCommand,
       .help = "Write their names alone, a line each, as --fields @FILE reads them.",
       .setting = [](S& s) -> Setting { return &s.fields->names; }},
      {.names = "--json",
       .commands = kFieldsCommand,
       .help = "Write a JSON array, an element a line.",
       .setting = [](S& s) -> Setting { return &s.fields->json; }},
      {.names = "NAME",
       .commands = kQueryCommand,
       .help = "A query of config/queries, ../config/queries or /etc/espcap/queries, or one that "
               "is built in; or the path of a file. Without it, all are listed.",
       .setting = [](S& s) -> Setting { return &s.query->name; }},
      {.names = "--index",
       .commands = kQueryCommand,
       .value = "PATTERN",
       .fallback = "packets-*",
       .help = "Search these indices.",
       .setting = [](S& s) -> Setting { return &s.query->index; }},
      {.names = "--set",
       .commands = kQueryCommand,
       .value = "NAME=VALUE",
       .help = "Give a value for ${name} in the query. Repeatable.",
       .setting = [](S& s) -> Setting { return &s.query->values; }},
  };
}

}  // namespace espcap::cli
