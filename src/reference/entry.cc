// SPDX-License-Identifier: GPL-2.0-or-later
#include "reference/entry.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>
#include <variant>

namespace espcap::reference {
namespace {

bool IsRepeatable(const cli::Option& option) {
  if (option.setting == nullptr) return false;
  cli::CaptureSettings capture;
  cli::ResendSettings resend;
  cli::TemplateSettings index_template;
  cli::FieldsSettings fields;
  cli::QuerySettings query;
  cli::PacketsSettings packets;
  cli::ShowSettings show;
  cli::ReportSettings report;
  cli::EnqueueSettings enqueue;
  cli::SettingsOfCommand settings = {.program = &capture,
                                     .server = &capture,
                                     .capture = &capture,
                                     .resend = &resend,
                                     .index_template = &index_template,
                                     .fields = &fields,
                                     .query = &query,
                                     .search = &packets,
                                     .retrieval = &packets,
                                     .packets = &packets,
                                     .show = &show,
                                     .report = &report,
                                     .enqueue = &enqueue};
  return std::holds_alternative<std::vector<std::string>*>(option.setting(settings));
}

ValueKind KindOf(const cli::Option& option, bool is_argument) {
  const std::string_view value = is_argument ? option.names : option.value;
  if (value.empty()) return ValueKind::kNone;
  if (!option.choices.empty()) return ValueKind::kChoice;
  if (value == "PATH" || value == "FILE" || value == "STATE") return ValueKind::kFile;
  if (value == "DIR") return ValueKind::kDirectory;
  if (std::string_view(option.names) == "--nic,--interface") return ValueKind::kInterface;
  return ValueKind::kText;
}

Entry EntryOf(const cli::Option& option) {
  Entry entry{.option = &option};
  std::istringstream list(option.names);
  for (std::string name; std::getline(list, name, ',');) {
    entry.names.push_back(name.substr(name.front() == '!' ? 1 : 0));
  }
  entry.is_argument = entry.names.front().front() != '-';
  entry.is_repeatable = IsRepeatable(option);
  entry.kind = KindOf(option, entry.is_argument);
  return entry;
}

}  // namespace

std::vector<Entry> EntriesOf(cli::Commands command) {
  std::vector<Entry> entries;
  for (const cli::Option& option : cli::OptionTable()) {
    if ((option.commands & command) != 0) entries.push_back(EntryOf(option));
  }
  for (const auto* option : {&cli::HelpOption(), &cli::VersionOption()}) {
    if ((option->commands & command) != 0) entries.push_back(EntryOf(*option));
  }
  return entries;
}

std::vector<Group> GroupsOf(cli::Commands command) {
  std::vector<Group> groups;
  for (Entry& entry : EntriesOf(command)) {
    const std::string name = entry.option->group;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&name](const Group& other) { return other.name == name; });
    if (group == groups.end()) group = groups.insert(group, Group{name, {}});
    group->entries.push_back(std::move(entry));
  }
  return groups;
}

std::vector<std::string> KeysOf(const Entry& entry) {
  std::vector<std::string> keys;
  if (entry.option->setting == nullptr || entry.option->is_command_line_only) return keys;
  for (const std::string& name : entry.names) {
    if (name.starts_with("--") && name != "--config") keys.push_back(name.substr(2));
  }
  return keys;
}

std::vector<Group> ConfigGroups() {
  std::vector<Group> groups;
  std::set<std::string> known;
  for (const cli::Commands command : {cli::kCaptureCommand, cli::kPacketsCommand}) {
    for (Group& group : GroupsOf(command)) {
      std::erase_if(group.entries, [&known](const Entry& entry) {
        const std::vector<std::string> keys = KeysOf(entry);
        return keys.empty() || !known.insert(keys.front()).second;
      });
      if (group.entries.empty()) continue;
      if (command == cli::kPacketsCommand) group.name = "espcap packets: " + group.name;
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string Joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

}  // namespace espcap::reference
