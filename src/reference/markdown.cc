// SPDX-License-Identifier: GPL-2.0-or-later
#include "reference/entry.h"
#include "reference/pages.h"

namespace espcap::reference {
namespace {

std::string Cell(const std::string& text) { return Replaced(text, "|", "\\|"); }

std::string Names(const Entry& entry) {
  std::vector<std::string> parts;
  parts.reserve(entry.names.size());
  for (const std::string& name : entry.names) parts.push_back("`" + name + "`");
  std::string text = Joined(parts, ", ");
  if (!entry.is_argument && *entry.option->value != '\0') {
    text += std::string(" `") + entry.option->value + "`";
  }
  if (entry.is_repeatable) text += " …";
  return text;
}

std::string Row(const Entry& entry) {
  const std::string example = entry.option->example;
  return "| " + Cell(Names(entry)) + " | " + Cell(cli::ExplanationOf(*entry.option)) + " | " +
         (example.empty() ? "" : "`" + Cell(example) + "`") + " | " +
         (entry.option->in_found_file ? "yes" : "") + " |\n";
}

std::string Table(const std::vector<Entry>& entries) {
  std::string text = "| option | what it does | example | found file |\n|---|---|---|---|\n";
  for (const Entry& entry : entries) text += Row(entry);
  return text;
}

}  // namespace

std::string OptionReference() {
  std::string text =
      "<!-- SPDX-License-Identifier: GPL-2.0-or-later -->\n"
      "# Options of espcap\n\n"
      "Made from the table of options; `./dev reference` writes it anew. Options with `…` can be "
      "repeated.\nThe last column marks keys that an `espcap.yml` may have which espcap finds by a "
      "relative path.\n";
  for (const cli::CommandRow& row : cli::CommandTable()) {
    const bool is_main = *row.name == '\0';
    text += std::string("\n## espcap") + (is_main ? "" : std::string(" ") + row.name) + "\n\n" +
            row.help + "\n\n```\n" + row.examples + "```\n";
    for (const Group& group : GroupsOf(row.command)) {
      if (!group.name.empty()) text += "\n### " + group.name + "\n";
      text += "\n" + Table(group.entries);
    }
  }
  return text;
}

}  // namespace espcap::reference
