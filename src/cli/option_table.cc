// SPDX-License-Identifier: GPL-2.0-or-later
#include <iterator>

#include "cli/option.h"
#include "cli/option_rows.h"

namespace espcap::cli {

const std::vector<Option>& OptionTable() {
  static const std::vector<Option> table = [] {
    std::vector<Option> all;
    for (const auto rows :
         {SourceOptions, LiveOptions, DocumentOptions, OriginOptions, SelectionOptions,
          DissectionOptions, WorkOptions, KeepingOptions, ServerOptions, SecurityOptions,
          TemplateOptions, SubcommandOptions, PacketsOptions, ShowOptions, ReportOptions,
          JobOptions, ProgramOptions}) {
      std::vector<Option> group = rows();
      all.insert(all.end(), std::make_move_iterator(group.begin()),
                 std::make_move_iterator(group.end()));
    }
    return all;
  }();
  return table;
}

namespace {

// A size as an option accepts it.
std::string Limit(uint64_t number, Unit unit) {
  if (unit != Unit::kBytes) return std::to_string(number);
  constexpr std::string_view kUnits = "kMG";
  size_t steps = 0;
  while (steps < kUnits.size() && number != 0 && number % 1024 == 0) {
    number /= 1024;
    ++steps;
  }
  std::string text = std::to_string(number);
  if (steps > 0) text += kUnits[steps - 1];
  return text;
}

}  // namespace

std::string SentencesOf(const Option& option) {
  std::string text = option.help;
  for (const std::string& choice : option.choices) {
    text += (&choice == option.choices.data() ? " One of: " : ", ") + choice;
  }
  if (!option.choices.empty()) text += '.';
  if (option.range) {
    text += " From " + Limit(option.range->least, option.unit) + " to " +
            Limit(option.range->most, option.unit) + ".";
  }
  if (*option.fallback != '\0') text += std::string(" Default: ") + option.fallback + ".";
  return text;
}

std::string ExplanationOf(const Option& option) {
  const std::string text = SentencesOf(option);
  return *option.paragraph == '\0' ? text : text + " " + option.paragraph;
}

const Option& HelpOption() {
  static const Option option = {.names = "-h,--help",
                                .commands = kEveryCommand,
                                .group = "Program",
                                .help = "Print this text."};
  return option;
}

const Option& VersionOption() {
  static const Option option = {.names = "--version",
                                .commands = kCaptureCommand,
                                .group = "Program",
                                .help = "Print the versions of espcap and libwireshark."};
  return option;
}

}  // namespace espcap::cli
