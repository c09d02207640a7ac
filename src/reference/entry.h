// SPDX-License-Identifier: GPL-2.0-or-later
//
// Rows of the option table as the writers of reference texts need them: names apart, and what a
// value is. Plain data.
#ifndef ESPCAP_REFERENCE_ENTRY_H_
#define ESPCAP_REFERENCE_ENTRY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_table.h"
#include "cli/option.h"

namespace espcap::reference {

enum class ValueKind : uint8_t { kNone, kText, kChoice, kFile, kDirectory, kInterface };

struct Entry {
  const cli::Option* option = nullptr;  // of a table: lives as long as the program
  std::vector<std::string> names = {};  // "-n", "--no-resolve"; an argument: "FILE"
  ValueKind kind = ValueKind::kNone;
  bool is_argument = false;
  bool is_repeatable = false;

  [[nodiscard]] bool IsFlag() const { return kind == ValueKind::kNone; }
};

// Of one command in the order of --help, the parser's own at the end.
std::vector<Entry> EntriesOf(cli::Commands command);

struct Group {
  std::string name;  // may be empty
  std::vector<Entry> entries;
};

// The entries of a command under their headings, in the order in which --help has them.
std::vector<Group> GroupsOf(cli::Commands command);

// Long names without dashes that espcap.yml accepts; empty: none.
std::vector<std::string> KeysOf(const Entry& entry);

// All entries that have keys, each key once: those of the main command, and what others have
// besides.
std::vector<Group> ConfigGroups();

// `text` with each `from` replaced.
std::string Replaced(std::string text, std::string_view from, std::string_view to);

std::string Joined(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace espcap::reference

#endif  // ESPCAP_REFERENCE_ENTRY_H_
