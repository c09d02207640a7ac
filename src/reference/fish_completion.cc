// SPDX-License-Identifier: GPL-2.0-or-later
#include "reference/completions.h"
#include "reference/entry.h"

namespace espcap::reference {
namespace {

std::string Quoted(const std::string& text) {
  return "'" + Replaced(Replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string Arguments(const Entry& entry) {
  switch (entry.kind) {
    case ValueKind::kChoice:
      return " -x -a '" + Joined(entry.option->choices, " ") + "'";
    case ValueKind::kInterface:
      return " -x -a 'any (__fish_print_interfaces)'";
    case ValueKind::kFile:
      return " -r -F";
    case ValueKind::kDirectory:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::kText:
      return " -x";
    case ValueKind::kNone:
      return "";
  }
  return "";
}

std::string Line(const std::string& condition, const Entry& entry) {
  std::string text = "complete -c espcap -n '" + condition + "'";
  if (entry.is_argument) return entry.kind == ValueKind::kFile ? text + " -F\n" : "";
  for (const std::string& name : entry.names) {
    const bool is_long = name.starts_with("--");
    text += (is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1);
  }
  return text + Arguments(entry) + " -d " + Quoted(entry.option->help) + "\n";
}

}  // namespace

std::string FishCompletion() {
  std::vector<std::string> names;
  for (const cli::CommandRow& row : cli::CommandTable()) {
    if (*row.name != '\0') names.emplace_back(row.name);
  }
  const std::string none = "not __fish_seen_subcommand_from " + Joined(names, " ");
  std::string text =
      "# fish completion of espcap\n# Made from the table of options.\n\n"
      "complete -c espcap -f\n";
  for (const cli::CommandRow& row : cli::CommandTable()) {
    const bool is_main = *row.name == '\0';
    if (!is_main) {
      text +=
          "complete -c espcap -n '" + none + "' -a " + row.name + " -d " + Quoted(row.help) + "\n";
    }
    const std::string condition =
        is_main ? none : std::string("__fish_seen_subcommand_from ") + row.name;
    for (const Entry& entry : EntriesOf(row.command)) text += Line(condition, entry);
  }
  return text;
}

}  // namespace espcap::reference
