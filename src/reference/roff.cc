// SPDX-License-Identifier: GPL-2.0-or-later
#include "reference/roff.h"

#include <sstream>

namespace espcap::reference {

std::string RoffText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '\\':
        escaped += "\\e";
        break;
      case '-':
        escaped += "\\-";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      default:
        escaped += c;
    }
  }
  return escaped.starts_with('.') ? "\\&" + escaped : escaped;
}

std::string RoffTitle(std::string_view name, int section, std::string_view manual) {
  return ".\\\" Made from the table of options.\n.TH " + std::string(name) + " " +
         std::to_string(section) + " \"\" \"espcap " ESPCAP_VERSION "\" \"" + std::string(manual) +
         "\"\n";
}

std::string RoffEntry(const std::vector<std::string>& names, const Entry& entry) {
  std::string text = ".TP\n";
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i > 0 ? ", \\fB" : "\\fB") + RoffText(names[i]) + "\\fR";
  }
  const std::string value = entry.is_argument ? "" : entry.option->value;
  if (!value.empty()) text += " \\fI" + RoffText(value) + "\\fR";
  return text + '\n' + RoffText(Replaced(cli::ExplanationOf(*entry.option), "`", "")) + '\n';
}

std::string RoffExamples(std::string_view examples) {
  std::string text;
  std::istringstream lines{std::string(examples)};
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, line.find_first_not_of(' '));
    const size_t gap = line.find("   ");
    text += ".TP\n\\fB" + RoffText(line.substr(0, gap)) + "\\fR\n";
    if (gap != std::string::npos) {
      text += RoffText(line.substr(line.find_first_not_of(' ', gap))) + '\n';
    }
  }
  return text;
}

}  // namespace espcap::reference
