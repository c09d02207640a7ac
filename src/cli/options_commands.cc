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
       .help = "Put the template on the server; if it is there already, change "
               "nothing.",
       .example = "--node es:9200 --install",
       .setting = [](S& s) -> Setting { return &s.index_template->install; }},
      {.names = "--check",
       .commands = kTemplateCommand,
       .group = "Destinations",
       .help = "Change nothing: say what the server's template has otherwise, and "
               "which other one would win for a new index; the exit status is 2 then.",
       .paragraph = "It also says what the index of today has otherwise.",
       .example = "--node es:9200 --check",
       .setting = [](S& s) -> Setting { return &s.index_template->check; }},
      {.names = "--index",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "PATTERN",
       .fallback = "packets-%Y-%m-%d",
       .help = "Make it for these indices, as a run's --index.",
       .example = "--index 'lab-%Y.%m'",
       .setting = [](S& s) -> Setting { return &s.index_template->index; }},
      {.names = "--data-stream",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "NAME",
       .help = "Make it for this data stream.",
       .paragraph = "A run sees at its start that documents need an `@timestamp`, and adds "
                    "it.",
       .example = "--data-stream packets-office",
       .setting = [](S& s) -> Setting { return &s.index_template->data_stream; }},
      {.names = "--fields",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "LIST",
       .fallback = "a choice for the common protocols",
       .help = "Make these fields searchable, as a run's --fields. Repeatable.",
       .example = "--fields ip.src,ip.dst",
       .setting = [](S& s) -> Setting { return &s.index_template->fields; }},
      {.names = "--protocols",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "LIST",
       .help = "Make every field of these protocols searchable. Repeatable.",
       .example = "--protocols modbus,mbtcp",
       .setting = [](S& s) -> Setting { return &s.index_template->protocols; }},
      {.names = "--rest",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "WHAT",
       .fallback = "none",
       .choices = {"none", "flattened"},
       .help = "All other fields: leave them in the documents (none), or make them "
               "searchable as keywords (flattened).",
       .example = "--rest flattened",
       .setting = [](S& s) -> Setting { return &s.index_template->rest; }},
      {.names = "--value-strings",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .help = "Make the names of values searchable too, for runs with "
               "--value-strings.",
       .example = "--value-strings",
       .setting = [](S& s) -> Setting { return &s.index_template->value_strings; }},
      {.names = "--server",
       .commands = kTemplateCommand,
       .group = kTemplate,
       .value = "NAME",
       .fallback = "elasticsearch",
       .choices = {"elasticsearch", "opensearch"},
       .help = "Without --node: make it for this server.",
       .example = "--server opensearch",
       .setting = [](S& s) -> Setting { return &s.index_template->server; }},
  };
}

std::vector<Option> SubcommandOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "TOPIC",
       .commands = kHelpCommand,
       .help = "An option, with or without its dashes, or a command. Without it, print --help."},
      {.names = "FILE",
       .commands = kResendCommand,
       .is_required = true,
       .help = "Dead letters, as --dead-letters keeps them.",
       .setting = [](S& s) -> Setting { return &s.resend->file; }},
      {.names = "PATTERN",
       .commands = kFieldsCommand,
       .help = "A part of a name or a description; or a name with '*' in it.",
       .setting = [](S& s) -> Setting { return &s.fields->pattern; }},
      {.names = "--curated",
       .commands = kFieldsCommand,
       .help = "List only those that the default template makes searchable.",
       .example = "espcap fields --curated",
       .setting = [](S& s) -> Setting { return &s.fields->curated; }},
      {.names = "--names",
       .commands = kFieldsCommand,
       .help = "Print names alone, a line each, as --fields @FILE reads them.",
       .example = "espcap fields --curated --names",
       .setting = [](S& s) -> Setting { return &s.fields->names; }},
      {.names = "--json",
       .commands = kFieldsCommand,
       .help = "Print a JSON array, an element a line.",
       .example = "espcap fields tcp.srcport --json",
       .setting = [](S& s) -> Setting { return &s.fields->json; }},
      {.names = "NAME",
       .commands = kQueryCommand,
       .help = "A query of config/queries, ../config/queries or /etc/espcap/queries, "
               "or one that is built in; or the path of a file. Without it, all are "
               "listed.",
       .setting = [](S& s) -> Setting { return &s.query->name; }},
      {.names = "--index",
       .commands = kQueryCommand,
       .value = "PATTERN",
       .fallback = "packets-*",
       .help = "Search these indices.",
       .example = "--index 'lab-*'",
       .setting = [](S& s) -> Setting { return &s.query->index; }},
      {.names = "--set",
       .commands = kQueryCommand,
       .value = "NAME=VALUE",
       .help = "Give a value for ${name} in the query. Repeatable.",
       .example = "--set a=192.0.2.53",
       .setting = [](S& s) -> Setting { return &s.query->values; }},
  };
}

}  // namespace espcap::cli
