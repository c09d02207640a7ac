// SPDX-License-Identifier: GPL-2.0-or-later
//
// What an option is: all that is known of it, once. The parser, the checking of espcap.yml and
// --help come from these values. Plain data.
#ifndef ESPCAP_CLI_OPTION_H_
#define ESPCAP_CLI_OPTION_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/settings.h"

namespace espcap::cli {

// The settings of the command that is parsed; a null: it has none of this kind.
struct SettingsOfCommand {
  ProgramSettings* program = nullptr;
  ServerSettings* server = nullptr;
  CaptureSettings* capture = nullptr;
  ResendSettings* resend = nullptr;
  TemplateSettings* index_template = nullptr;
  FieldsSettings* fields = nullptr;
  QuerySettings* query = nullptr;
  SearchSettings* search = nullptr;
  RetrievalSettings* retrieval = nullptr;
  PacketsSettings* packets = nullptr;
  ShowSettings* show = nullptr;
  ReportSettings* report = nullptr;
  EnqueueSettings* enqueue = nullptr;
};

enum Commands : unsigned {
  kCaptureCommand = 1U,
  kResendCommand = 2U,
  kTemplateCommand = 4U,
  kFieldsCommand = 8U,
  kQueryCommand = 16U,
  kPacketsCommand = 32U,
  kReportCommand = 64U,
  kShowCommand = 128U,
  kEnqueueCommand = 256U,
  kEveryCommand = 511U,  // that has settings
  kHelpCommand = 1U << 15U,
};

// Where a value is put; its type says how it is read. A vector: the option is repeatable. A flag
// sets true, and false by a name with '!' before it ("--ordered,!--no-ordered").
using Setting =
    std::variant<bool*, std::optional<bool>*, std::string*, std::optional<std::string>*,
                 std::vector<std::string>*, uint16_t*, uint32_t*, std::optional<uint32_t>*,
                 uint64_t*, std::optional<uint64_t>*, std::chrono::milliseconds*,
                 std::chrono::seconds*, std::optional<std::chrono::nanoseconds>*>;

enum class Unit : uint8_t {
  kNone,
  kBytes,  // with k, M or G
  kTime,   // seconds, or with ms, s, m, h or d; what is short, also with us or ns
};

struct Range {
  uint64_t least = 0;
  uint64_t most = 0;
};

struct Option {
  const char* names = "";     // "-o,--preference"; the long one is the key in espcap.yml
  unsigned commands = 0;      // that have it
  const char* group = "";     // in --help
  const char* value = "";     // what is given, in --help: "PATH"; empty: a flag
  bool is_required = false;   // a command line without it is refused
  const char* fallback = "";  // the default, in words; empty: --help names none
  Unit unit = Unit::kNone;
  std::optional<Range> range = {};
  std::vector<std::string> choices = {};  // the only values; none: any
  bool may_be_empty = false;              // a text; others are refused then
  bool in_found_file = false;             // accepted from an espcap.yml that nobody named
  bool is_command_line_only = false;      // espcap.yml doesn't set it
  bool in_resume_key = false;  // another value makes other documents: an earlier run's don't count
  const char* help = "";       // in --help: an imperative, in sentences
  const char* paragraph = "";  // what else there is to say, in sentences (Markdown); may be empty
  const char* example = "";
  Setting (*setting)(SettingsOfCommand&) = nullptr;
};

// The help with choices, range and default, as all texts say it.
std::string SentencesOf(const Option& option);

// Those, and what else there is to say.
std::string ExplanationOf(const Option& option);

// Of every command, in the order of --help.
const std::vector<Option>& OptionTable();

// The parser's own: they have no setting, and the table doesn't hold them.
const Option& HelpOption();
const Option& VersionOption();

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_OPTION_H_
