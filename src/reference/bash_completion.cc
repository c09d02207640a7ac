// SPDX-License-Identifier: GPL-2.0-or-later
#include <set>
#include <utility>

#include "reference/completions.h"
#include "reference/entry.h"

namespace espcap::reference {
namespace {

constexpr const char* kBegin = R"(# bash completion of espcap
# Made from the table of options.

_espcap() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' index
    # bash cuts `--option=value` at the sign.
    [[ $word != = ]] || word=''
    [[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}
    for ((index = 1; index < COMP_CWORD; ++index)); do
        case ${COMP_WORDS[index]} in
            @COMMANDS_OR@)
                command=${COMP_WORDS[index]}
                break
                ;;
        esac
    done
    case $previous in
)";

constexpr const char* kMiddle = R"(    esac
    local options=''
    case $command in
)";

constexpr const char* kEnd = R"(    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W '@COMMANDS@' -- "$word")
    elif [[ $command == resend ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
} && complete -F _espcap espcap
)";

// What completes a value, as statements.
std::string Completing(const Entry& entry) {
  const auto words = [](const std::string& list) {
    return "mapfile -t COMPREPLY < <(compgen -W " + list + " -- \"$word\")\n";
  };
  switch (entry.kind) {
    case ValueKind::kChoice:
      return words("'" + Joined(entry.option->choices, " ") + "'");
    case ValueKind::kInterface:
      return words("\"any $(ls /sys/class/net 2>/dev/null)\"");
    case ValueKind::kFile:
      return "compopt -o filenames\n            mapfile -t COMPREPLY < <(compgen -f -- "
             "\"$word\")\n";
    case ValueKind::kDirectory:
      return "compopt -o filenames\n            mapfile -t COMPREPLY < <(compgen -d -- "
             "\"$word\")\n";
    case ValueKind::kNone:
    case ValueKind::kText:
      return "";
  }
  return "";
}

std::string CommandNames(std::string_view separator) {
  std::vector<std::string> names;
  for (const cli::CommandRow& row : cli::CommandTable()) {
    if (*row.name != '\0') names.emplace_back(row.name);
  }
  return Joined(names, separator);
}

}  // namespace

std::string BashCompletion() {
  std::string values;
  std::string options;
  std::set<std::string> seen;
  for (const cli::CommandRow& row : cli::CommandTable()) {
    std::vector<std::string> all;
    for (const Entry& entry : EntriesOf(row.command)) {
      if (entry.is_argument) continue;
      all.insert(all.end(), entry.names.begin(), entry.names.end());
      // What a name means for one command it means for the others.
      if (entry.IsFlag() || !seen.insert(entry.names.front()).second) continue;
      values += "        " + Joined(entry.names, " | ") + ")\n";
      if (const std::string completing = Completing(entry); !completing.empty()) {
        values += "            " + completing;
      }
      values += "            return\n            ;;\n";
    }
    const std::string name = *row.name != '\0' ? row.name : "''";
    options += "        " + name + ") options='" + Joined(all, " ") + "' ;;\n";
  }
  const std::string text = kBegin + values + kMiddle + options + kEnd;
  return Replaced(Replaced(text, "@COMMANDS_OR@", CommandNames(" | ")), "@COMMANDS@",
                  CommandNames(" "));
}

}  // namespace espcap::reference
