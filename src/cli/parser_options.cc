// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parser_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <type_traits>

namespace espcap::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

std::string Description(const Option& option) {
  std::string text = option.help;
  if (*option.fallback != '\0') text += std::string(" Default: ") + option.fallback + ".";
  return text;
}

// CLI11's own message has the largest number in 309 digits.
CLI::Validator NonNegative() {
  const auto check = [](std::string& text) {
    if (CLI::NonNegativeNumber(text).empty()) return std::string();
    return "'" + text + "' is not a number that is 0 or more";
  };
  return {check, ""};
}

// A variable that isn't set makes such a value: without this, the option would be off unnoticed.
CLI::Validator NotEmpty(const Option& row) {
  const std::string message =
      *row.value == '\0'
          ? "the value is empty"
          : fmt::format("the value is empty; give {}, or leave the option out", row.value);
  const auto check = [message](const std::string& text) { return text.empty() ? message : ""; };
  return {check, ""};
}

bool IsText(const Setting& setting) {
  return std::holds_alternative<std::string*>(setting) ||
         std::holds_alternative<std::optional<std::string>*>(setting) ||
         std::holds_alternative<std::vector<std::string>*>(setting);
}

// Texts, and numbers without a unit.
template <class Value>
CLI::Option* AddValue(CLI::App& app, const Option& row, Value& value) {
  CLI::Option* option = app.add_option(row.names, value, Description(row));
  constexpr bool kIsNumber = std::is_integral_v<Value> ||
                             std::is_same_v<Value, std::optional<uint32_t>> ||
                             std::is_same_v<Value, std::optional<uint64_t>>;
  if (kIsNumber && row.unit == Unit::kNone) option->check(NonNegative());
  return option;
}

CLI::Option* AddFlag(CLI::App& app, const Option& row, bool& value) {
  return app.add_flag(row.names, value, Description(row));
}

// Unset until one of its names is given.
CLI::Option* AddFlag(CLI::App& app, const Option& row, std::optional<bool>& value) {
  return app.add_flag_function(
      row.names, [&value](int64_t balance) { value = balance > 0; }, Description(row));
}

CLI::Option* AddList(CLI::App& app, const Option& row, std::vector<std::string>& values) {
  // One value each time: where several could follow, CLI11 2.6 reads "[::1]" as a list of them.
  return app.add_option(row.names, values, Description(row))
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

CLI::Option* AddTime(CLI::App& app, const Option& row, milliseconds& value) {
  static const std::map<std::string, double> units = {
      {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  return app
      .add_option_function<double>(
          row.names,
          [&value](const double& count) {
            value = std::chrono::round<milliseconds>(std::chrono::duration<double>(count));
          },
          Description(row))
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::DEFAULT).description(""))
      ->check(NonNegative());
}

CLI::Option* AddWindow(CLI::App& app, const Option& row, std::optional<nanoseconds>& value) {
  static const std::map<std::string, double> units = {
      {"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}};
  constexpr double kMaxSeconds = 1e9;
  return app
      .add_option_function<double>(
          row.names,
          [&value](const double& count) {
            value = std::chrono::round<nanoseconds>(std::chrono::duration<double>(count));
          },
          Description(row))
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::DEFAULT).description(""))
      ->check(CLI::Range(0.0, kMaxSeconds).description(""));
}

CLI::Option* AddSeconds(CLI::App& app, const Option& row, seconds& value) {
  return app.add_option_function<uint32_t>(
      row.names, [&value](uint32_t count) { value = seconds(count); }, Description(row));
}

CLI::Option* Add(CLI::App& app, const Option& row, const Setting& setting) {
  return std::visit(
      [&](auto* value) -> CLI::Option* {
        using Value = std::remove_pointer_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, bool> || std::is_same_v<Value, std::optional<bool>>) {
          return AddFlag(app, row, *value);
        } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
          return AddList(app, row, *value);
        } else if constexpr (std::is_same_v<Value, milliseconds>) {
          return AddTime(app, row, *value);
        } else if constexpr (std::is_same_v<Value, std::optional<nanoseconds>>) {
          return AddWindow(app, row, *value);
        } else if constexpr (std::is_same_v<Value, seconds>) {
          return AddSeconds(app, row, *value);
        } else {
          return AddValue(app, row, *value);
        }
      },
      setting);
}

}  // namespace

void AddOptions(CLI::App& app, Commands command, SettingsOfCommand settings) {
  for (const Option& row : OptionTable()) {
    if ((row.commands & command) == 0) continue;
    const Setting setting = row.setting(settings);
    CLI::Option* option = Add(app, row, setting);
    if (*row.value != '\0') option->type_name(row.value);
    if (row.is_required) option->required();
    option->configurable(!row.is_command_line_only);
    if (*row.group != '\0') option->group(row.group);
    if (row.unit == Unit::kBytes) option->transform(CLI::AsSizeValue(false).description(""));
    if (row.range) option->check(CLI::Range(row.range->least, row.range->most).description(""));
    if (!row.choices.empty()) {
      option->check(CLI::IsMember(row.choices).description(""));
    } else if (IsText(setting) && !row.may_be_empty) {
      option->check(NotEmpty(row));
    }
  }
}

bool IsList(const CLI::Option& option) {
  return option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
}

}  // namespace espcap::cli
