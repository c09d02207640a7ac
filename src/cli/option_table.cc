// SPDX-License-Identifier: GPL-2.0-or-later
#include <iterator>

#include "cli/option.h"
#include "cli/option_rows.h"

namespace espcap::cli {

const std::vector<Option>& OptionTable() {
  static const std::vector<Option> table = [] {
    std::vector<Option> all;
    for (const auto rows : {SourceOptions, LiveOptions, DocumentOptions, SelectionOptions,
                            DissectionOptions, WorkOptions, KeepingOptions, ServerOptions,
                            SecurityOptions, TemplateOptions, SubcommandOptions, ProgramOptions}) {
      std::vector<Option> group = rows();
      all.insert(all.end(), std::make_move_iterator(group.begin()),
                 std::make_move_iterator(group.end()));
    }
    return all;
  }();
  return table;
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
