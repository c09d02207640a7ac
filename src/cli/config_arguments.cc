// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/config_arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/nearest_name.h"
#include "cli/option.h"
#include "cli/parser_options.h"

namespace espcap::cli {
namespace {

const std::set<std::string> kCommandLineOnly = {"config", "help", "version"};
const std::array<std::set<std::string>, 2> kGroups = {
    std::set<std::string>{"file", "dir", "nic", "interface"},
    std::set<std::string>{"node", "output", "forward"}};
// A run's, which a report must neither write over nor take for its own.
const std::set<std::string> kOfRuns = {"output"};

bool IsFlag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

bool IsBoolean(const std::string& value) {
  static const std::set<std::string> words = {"true", "false", "yes", "no", "on", "off"};
  return words.contains(value);
}

// The command line has an option that makes this one moot.
bool IsOverridden(const CLI::App& app, bool is_main, const std::string& key,
                  const std::set<std::string>& given) {
  if (app.get_option_no_throw("--" + key)->count() > 0 && given.contains(key)) return true;
  return is_main &&
         std::any_of(kGroups.begin(), kGroups.end(), [&](const std::set<std::string>& group) {
           return group.contains(key) &&
                  std::any_of(group.begin(), group.end(),
                              [&](const auto& member) { return given.contains(member); });
         });
}

bool HasLongName(const Option& option, const std::string& name) {
  return fmt::format("{},", option.names).find(fmt::format("--{},", name)) != std::string::npos;
}

// The file may have come with a folder of captures: it must not say where documents go, with the
// credentials of the user who runs espcap there.
bool IsForFoundFiles(const std::string& key) {
  const auto& table = OptionTable();
  return std::any_of(table.begin(), table.end(), [&key](const Option& option) {
    return option.in_found_file && HasLongName(option, key);
  });
}

// A file is for all commands.
bool IsOfAnyCommand(const std::string& key) {
  const auto& table = OptionTable();
  return std::any_of(table.begin(), table.end(),
                     [&key](const Option& option) { return HasLongName(option, key); });
}

// The file is read by many and kept for long.
Result<void> CheckHoldsNoCredentials(const config::Setting& setting, const std::string& place) {
  const auto has_credentials = [](const std::string& value) {
    return value.find('@') != std::string::npos;
  };
  const auto& values = setting.values;
  if (setting.key != "node" || std::none_of(values.begin(), values.end(), has_credentials)) {
    return {};
  }
  return Fail(
      "{}: 'node' holds credentials, which don't belong into this file: give 'user' and "
      "'password-file', 'api-key-file' or 'bearer-token-file' here, or ESPCAP_PASSWORD, "
      "ESPCAP_API_KEY or ESPCAP_BEARER_TOKEN in the environment",
      place);
}

Result<void> ApplySetting(CLI::Option& option, const config::Setting& setting,
                          const std::string& place) {
  if (setting.is_list && !IsList(option)) {
    return Fail("{}: '{}' accepts one value, not a list", place, setting.key);
  }
  if (IsFlag(option) && !IsBoolean(setting.values.front())) {
    return Fail("{}: '{}' accepts true or false, not '{}'", place, setting.key,
                setting.values.front());
  }
  if (setting.values.empty()) return {};
  try {
    for (const std::string& value : setting.values) option.add_result(value);
    option.run_callback();
  } catch (const CLI::Error& error) {
    return Fail("{}: '{}': {}", place, setting.key, error.what());
  }
  return {};
}

}  // namespace

std::vector<std::string> LongOptions(const CLI::App& app, const std::string& prefix) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(prefix + name);
  }
  return names;
}

Result<void> ApplyConfig(CLI::App& command, const CLI::App& main_command,
                         const config::ConfigFile& file, Trust trust,
                         std::vector<std::string>& warnings) {
  std::set<std::string> given;
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() > 0) {
      given.insert(option->get_lnames().begin(), option->get_lnames().end());
    }
  }
  const bool is_main = &command == &main_command;
  for (const config::Setting& setting : file.settings) {
    const std::string place = fmt::format("{}:{}", file.path, setting.line);
    if (setting.key == "tshark_path") {
      warnings.push_back(place + ": tshark_path is ignored: espcap runs no tshark");
      continue;
    }
    if (kCommandLineOnly.contains(setting.key)) {
      return Fail("{}: '{}' is for the command line only", place, setting.key);
    }
    if (!is_main && kOfRuns.contains(setting.key)) continue;
    CLI::Option* option = command.get_option_no_throw("--" + setting.key);
    if (option == nullptr) {
      if (IsOfAnyCommand(setting.key)) continue;
      return Fail("{}: unknown key '{}'{}", place, setting.key,
                  base::DidYouMean(setting.key, LongOptions(main_command, "")));
    }
    if (!option->get_configurable()) continue;  // it means another command's
    if (trust == Trust::kFoundFile && !IsForFoundFiles(setting.key)) {
      return Fail(
          "{}: '{}' is not accepted from a file that espcap finds by itself: give --config {} if "
          "this file is yours",
          place, setting.key, file.path);
    }
    if (auto checked = CheckHoldsNoCredentials(setting, place); !checked) return checked;
    if (IsOverridden(command, is_main, setting.key, given)) continue;
    if (auto applied = ApplySetting(*option, setting, place); !applied) return applied;
  }
  return {};
}

}  // namespace espcap::cli
