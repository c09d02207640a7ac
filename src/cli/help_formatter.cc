// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/help_formatter.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "cli/parser_options.h"

namespace espcap::cli {
namespace {

constexpr size_t kUsualWidth = 80;
constexpr size_t kMinWidth = 40;
constexpr size_t kNameColumns = 34;
constexpr size_t kNarrowIndent = 8;  // of descriptions below their names

size_t TerminalWidth() {
  for (const int file : {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO}) {
    winsize size{};
    if (::ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return kUsualWidth;
}

// "-o,--preference"; CLI11's own list has {false} after names that unset a flag.
std::string NamesOf(const CLI::Option& option) {
  std::string names;
  const auto add = [&names](const char* dashes, const std::string& name) {
    if (!names.empty()) names += ',';
    names += dashes + name;
  };
  for (const std::string& name : option.get_snames()) add("-", name);
  for (const std::string& name : option.get_lnames()) add("--", name);
  return names;
}

}  // namespace

size_t HelpWidth() {
  size_t width = 0;
  if (const char* columns = std::getenv("COLUMNS"); columns != nullptr) {
    const std::string_view text = columns;
    if (std::from_chars(text.data(), text.data() + text.size(), width).ec != std::errc()) width = 0;
  }
  return std::max(width > 0 ? width : TerminalWidth(), kMinWidth);
}

std::string Wrapped(std::string_view text, size_t column, size_t indent, size_t width) {
  std::string lines;
  std::istringstream words{std::string(text)};
  bool begins_line = true;
  for (std::string word; words >> word; begins_line = false) {
    if (!begins_line && column + 1 + word.size() > width) {
      lines += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!begins_line) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
  }
  return lines + '\n';
}

std::string HelpFormatter::Row(const std::string& name, std::string_view description) const {
  std::string row = "  " + name;
  // Where two columns would be narrow, and where a name is long, its description is below.
  const bool is_wide = width_ >= 2 * kNameColumns;
  const size_t indent = is_wide ? kNameColumns : kNarrowIndent;
  if (row.size() + 2 > indent) {
    row += '\n' + std::string(indent, ' ');
  } else {
    row.resize(indent, ' ');
  }
  return row + Wrapped(description, indent, indent, width_);
}

// With one empty line between groups.
std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode mode) const {
  std::string help = CLI::Formatter::make_help(app, std::move(name), mode);
  // CLI11 2.6 leaves a blank where it wraps a paragraph.
  for (size_t at = 0; (at = help.find(" \n", at)) != std::string::npos; at -= at > 0 ? 1 : 0) {
    help.erase(at, 1);
  }
  for (size_t at = 0; (at = help.find("\n\n\n", at)) != std::string::npos;) help.erase(at, 1);
  return help;
}

std::string HelpFormatter::make_description(const CLI::App* app) const {
  return Wrapped(app->get_description(), 0, 0, width_);
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  return Row(command->get_name(), command->get_description());
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  if (is_positional) return Row(option->get_name(true), option->get_description());
  std::string name = NamesOf(*option);
  if (option->get_type_size() != 0) {
    name += " " + option->get_type_name();
    if (IsList(*option)) name += " ...";
  }
  return Row(name, option->get_description());
}

// Examples are to be copied and so aren't wrapped: a comment goes below its example.
std::string HelpFormatter::make_footer(const CLI::App* app) const {
  std::string footer;
  std::istringstream lines(app->get_footer());
  for (std::string line; std::getline(lines, line);) {
    const size_t gap = line.find("   ", line.find_first_not_of(' '));
    if (line.size() > width_ && gap != std::string::npos) {
      footer += line.substr(0, gap) + '\n' + std::string(kNarrowIndent, ' ') +
                Wrapped(std::string_view(line).substr(gap), kNarrowIndent, kNarrowIndent, width_);
    } else {
      footer += line + '\n';
    }
  }
  return footer;
}

}  // namespace espcap::cli
