// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>
#include <sstream>

#include "reference/entry.h"
#include "reference/pages.h"

namespace espcap::reference {
namespace {

constexpr size_t kWidth = 100;

std::string Comment(const std::string& text) {
  std::string lines = "#";
  size_t column = 1;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (column + 1 + word.size() > kWidth) {
      lines += "\n#";
      column = 1;
    }
    lines += " " + word;
    column += 1 + word.size();
  }
  return lines + "\n";
}

// The words of an example's command line, which has single quotes at most.
std::vector<std::string> Words(const std::string& line) {
  std::vector<std::string> words(1);
  bool is_quoted = false;
  for (const char c : line) {
    if (c == '\'') {
      is_quoted = !is_quoted;
    } else if (c == ' ' && !is_quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

// What an example gives the option: its own, or that of another option of its kind.
std::optional<std::string> ExampleValue(const Entry& entry) {
  for (const cli::Option& option : cli::OptionTable()) {
    const std::vector<std::string> words = Words(option.example);
    for (size_t i = 0; i + 1 < words.size(); ++i) {
      for (const std::string& name : entry.names) {
        if (words[i] == name) return words[i + 1];
      }
    }
  }
  return std::nullopt;
}

// "400M", or the 0 of "0, any size".
std::optional<std::string> DefaultNumber(const std::string& fallback) {
  if (fallback.find_first_of("0123456789") != 0) return std::nullopt;
  return fallback.substr(0, fallback.find_first_of(" ,;"));
}

// Quoted where YAML would read the plain text as something else.
std::string YamlText(const std::string& text) {
  const bool is_plain = text.find_first_of("#'\"{}[]&*!|>%@`") == std::string::npos &&
                        text.find(": ") == std::string::npos && !text.empty();
  return is_plain ? text : "'" + Replaced(text, "'", "''") + "'";
}

std::string SampleOf(const Entry& entry) {
  if (entry.IsFlag()) return "true";
  if (const auto value = ExampleValue(entry)) return YamlText(*value);
  if (const auto number = DefaultNumber(entry.option->fallback)) return *number;
  if (!entry.option->choices.empty()) return entry.option->choices.front();
  return entry.option->value;
}

}  // namespace

std::string ConfigSample() {
  std::string text = "# SPDX-License-Identifier: GPL-2.0-or-later\n";
  text += Comment(
      "espcap's configuration: every key there can be, with an example. Made from the table of "
      "options; espcap.yml(5) says more. The command line wins. An option that can be repeated "
      "accepts a list. espcap reads the first file of ./espcap.yml, ../config/espcap.yml, "
      "config/espcap.yml and /etc/espcap/espcap.yml, or the one that --config names.");
  text += "#\n" + Comment("No secret belongs here: name files that only their owner can read.");
  for (const Group& group : ConfigGroups()) {
    text += "\n#### " + group.name + "\n";
    for (const Entry& entry : group.entries) {
      text += "\n" + Comment(cli::SentencesOf(*entry.option));
      const char* const separator = entry.is_repeatable ? ":\n#  - " : ": ";
      text += "#" + KeysOf(entry).front() + separator + SampleOf(entry) + "\n";
    }
  }
  return text;
}

}  // namespace espcap::reference
