// SPDX-License-Identifier: GPL-2.0-or-later
#include "reference/completions.h"
#include "reference/entry.h"

namespace espcap::reference {
namespace {

std::string Quoted(const std::string& text) { return "'" + Replaced(text, "'", "'\\''") + "'"; }

std::string Action(const Entry& entry) {
  switch (entry.kind) {
    case ValueKind::kChoice:
      return "(" + Joined(entry.option->choices, " ") + ")";
    case ValueKind::kInterface:
      return "_net_interfaces";
    case ValueKind::kFile:
      return "_files";
    case ValueKind::kDirectory:
      return "_files -/";
    case ValueKind::kNone:
    case ValueKind::kText:
      return " ";
  }
  return " ";
}

// A specification of _arguments for each name.
std::string Specifications(const Entry& entry) {
  const std::string help =
      Replaced(Replaced(Replaced(entry.option->help, "\\", "\\\\"), "[", "\\["), "]", "\\]");
  std::string text;
  for (const std::string& name : entry.names) {
    std::string one = entry.is_repeatable ? "*" : "";
    one += name;
    if (!entry.IsFlag()) one += name.starts_with("--") ? "=" : "+";
    one += "[" + help + "]";
    if (!entry.IsFlag()) {
      one += ":" + Replaced(entry.option->value, ":", "\\:") + ":" + Action(entry);
    }
    text += "        " + Quoted(one) + "\n";
  }
  return text;
}

std::string Branch(const cli::CommandRow& row) {
  const bool is_main = *row.name == '\0';
  std::string specifications;
  std::string arguments = is_main ? "        '1:command:->command'\n"
                                  : std::string("        '1:command:(") + row.name + ")'\n";
  for (const Entry& entry : EntriesOf(row.command)) {
    if (entry.is_argument) {
      arguments += "        '2:" + entry.names.front() + ":" + Action(entry) + "'\n";
    } else {
      specifications += Specifications(entry);
    }
  }
  return std::string("    (") + (is_main ? "*" : row.name) + ")\n      specifications=(\n" +
         specifications + arguments + "      )\n      ;;\n";
}

}  // namespace

std::string ZshCompletion() {
  std::vector<std::string> names;
  std::string described;
  std::string branches;
  for (const cli::CommandRow& row : cli::CommandTable()) {
    if (*row.name == '\0') continue;
    names.emplace_back(row.name);
    described += "    " + Quoted(std::string(row.name) + ":" + row.help) + "\n";
    branches += Branch(row);
  }
  // Its pattern fits all, so it is the last.
  branches += Branch(cli::RowOf(cli::kCaptureCommand));
  return "#compdef espcap\n"
         "# Made from the table of options.\n\n"
         "_espcap() {\n"
         "  local -a commands specifications\n"
         "  local curcontext=\"$curcontext\" state line word command\n"
         "  typeset -A opt_args\n"
         "  commands=(\n" +
         described +
         "  )\n"
         "  for word in $words[2,CURRENT-1]; do\n"
         "    case $word in\n"
         "    (" +
         Joined(names, "|") +
         ") command=$word; break ;;\n"
         "    esac\n"
         "  done\n"
         "  case $command in\n" +
         branches +
         "  esac\n"
         "  _arguments -S -C $specifications && return\n"
         "  [[ $state = command ]] && _describe command commands\n"
         "}\n\n"
         "_espcap \"$@\"\n";
}

}  // namespace espcap::reference
