// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_explanation.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/nearest_name.h"
#include "cli/command_table.h"
#include "cli/help_formatter.h"
#include "cli/option.h"

namespace espcap::cli {
namespace {

constexpr size_t kIndent = 2;

std::vector<std::string> NamesOf(const Option& option) {
  std::vector<std::string> names;
  std::istringstream list(option.names);
  for (std::string name; std::getline(list, name, ',');) {
    names.push_back(name.substr(name.front() == '!' ? 1 : 0));
  }
  return names;
}

std::string WithoutDashes(const std::string& name) {
  return name.substr(std::min(name.find_first_not_of('-'), name.size()));
}

std::string CommandsOf(const Option& option) {
  std::string text;
  for (const CommandRow& row : CommandTable()) {
    if ((option.commands & row.command) == 0) continue;
    text += text.empty() ? "Of: " : ", ";
    text += *row.name == '\0' ? "espcap" : std::string("espcap ") + row.name;
  }
  return text + ".";
}

std::string Explanation(const Option& option, size_t width) {
  std::string text;
  for (const std::string& name : NamesOf(option)) text += (text.empty() ? "" : ", ") + name;
  if (*option.value != '\0') text += std::string(" ") + option.value;
  text += '\n';
  const auto add = [&](std::string sentences) {
    std::erase(sentences, '`');
    text += std::string(kIndent, ' ') + Wrapped(sentences, kIndent, kIndent, width);
  };
  add(ExplanationOf(option));
  if (*option.example != '\0') add(std::string("Example: ") + option.example);
  add(CommandsOf(option));
  return text;
}

}  // namespace

Result<std::string> ExplainOption(const std::string& name, size_t width) {
  std::vector<const Option*> options = {&HelpOption(), &VersionOption()};
  for (const Option& option : OptionTable()) options.push_back(&option);
  std::string text;
  std::vector<std::string> known;
  for (const Option* option : options) {
    const std::vector<std::string> names = NamesOf(*option);
    const bool is_meant = std::any_of(names.begin(), names.end(), [&name](const auto& each) {
      return WithoutDashes(each) == WithoutDashes(name);
    });
    if (is_meant) text += (text.empty() ? "" : "\n") + Explanation(*option, width);
    for (const std::string& each : names) known.push_back(WithoutDashes(each));
  }
  if (!text.empty()) return text;
  for (const CommandRow& row : CommandTable()) known.emplace_back(row.name);
  const std::string nearest = base::NearestName(WithoutDashes(name), known);
  return Fail("help {}: no such option or command{}", name,
              nearest.empty() ? "; --help lists them" : fmt::format("; did you mean {}?", nearest));
}

}  // namespace espcap::cli
