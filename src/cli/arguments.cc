// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <utility>

#include "base/nearest_name.h"
#include "cli/command_table.h"
#include "cli/config_arguments.h"
#include "cli/help_formatter.h"
#include "cli/option_explanation.h"
#include "cli/parser_options.h"
#include "config/config_file.h"

namespace espcap::cli {
namespace {

std::string Footer(const CommandRow& row) {
  const std::string examples = row.examples;
  const bool is_one = examples.find('\n') == examples.size() - 1;
  return (is_one ? "Example:\n" : "Examples:\n") + examples;
}

// What is wrong, what may be meant, and where to read on: of the command that was given.
std::string Explain(const CLI::App& main_command, const CLI::ParseError& error) {
  const auto given = main_command.get_subcommands();
  const CLI::App& command = given.empty() ? main_command : *given.front();
  const std::string help =
      given.empty() ? "--help" : fmt::format("espcap {} --help", command.get_name());
  std::string text = error.what();
  const std::vector<std::string> unknown = main_command.remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !unknown.empty()) {
    text = fmt::format("{}unknown option or argument '{}'",
                       given.empty() ? "" : command.get_name() + ": ", unknown.front());
    std::vector<std::string> known = LongOptions(command, "--");
    for (const CLI::App* each : command.get_subcommands({})) known.push_back(each->get_name());
    const std::string name = unknown.front().substr(0, unknown.front().find('='));
    const std::string nearest = base::NearestName(name, known);
    if (!nearest.empty()) text += fmt::format("; did you mean {}?", nearest);
  }
  return fmt::format("{}; {} lists the options", text, help);
}

// A key of the main command alone is none of a subcommand's business.
Result<void> ReadConfiguration(CLI::App& command, const CLI::App& main_command,
                               ProgramSettings& settings) {
  const std::optional<std::string> path =
      settings.config.empty() ? config::FindConfigFile() : settings.config;
  if (!path) return {};
  const auto file = config::ReadConfigFile(*path);
  if (!file) return tl::unexpected(file.error());
  if (!file->settings.empty()) settings.config_used = *path;
  const bool is_named = !settings.config.empty() || path->front() == '/';
  return ApplyConfig(command, main_command, *file, is_named ? Trust::kFull : Trust::kFoundFile,
                     settings.warnings);
}

Result<void> CheckNoLostValue(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    // `--node="$UNSET"`: CLI11 would take the next option for the value.
    const std::string_view argument = argv[i];
    if (argument.starts_with("--") && argument.find('=') == argument.size() - 1) {
      return Fail("{}: the value is missing", argument);
    }
  }
  return {};
}

// The command line in CLI11's terms. One at a time; the settings live here until they are taken.
class Parser {
 public:
  Parser(const std::shared_ptr<const SecretInputs>& secrets, const std::string& version) {
    capture_.secrets = secrets;
    resend_settings_.secrets = secrets;
    template_settings_.secrets = secrets;
    query_settings_.secrets = secrets;
    packets_settings_.secrets = secrets;
    show_settings_.secrets = secrets;
    report_settings_.secrets = secrets;
    main_.require_subcommand(0, 1);
    Describe(main_, kCaptureCommand,
             {.program = &capture_, .server = &capture_, .capture = &capture_});
    const Option& version_row = VersionOption();
    main_.set_version_flag(version_row.names, version, version_row.help)->group(version_row.group);
    Describe(
        resend_, kResendCommand,
        {.program = &resend_settings_, .server = &resend_settings_, .resend = &resend_settings_});
    Describe(template_, kTemplateCommand,
             {.program = &template_settings_,
              .server = &template_settings_,
              .index_template = &template_settings_});
    Describe(fields_, kFieldsCommand, {.program = &fields_settings_, .fields = &fields_settings_});
    fields_.get_option("--json")->excludes("--names");
    Describe(query_, kQueryCommand,
             {.program = &query_settings_, .server = &query_settings_, .query = &query_settings_});
    Describe(packets_, kPacketsCommand,
             {.program = &packets_settings_,
              .server = &packets_settings_,
              .search = &packets_settings_,
              .retrieval = &packets_settings_,
              .packets = &packets_settings_});
    Describe(show_, kShowCommand,
             {.program = &show_settings_,
              .server = &show_settings_,
              .search = &show_settings_,
              .retrieval = &show_settings_,
              .show = &show_settings_});
    Describe(report_, kReportCommand,
             {.program = &report_settings_,
              .server = &report_settings_,
              .search = &report_settings_,
              .report = &report_settings_});
    Describe(enqueue_, kEnqueueCommand,
             {.program = &enqueue_settings_, .enqueue = &enqueue_settings_});
    AddCommand(main_, kHelpCommand);
  }

  // `topic`: an option, a command, or nothing for all.
  Result<Invocation> HelpOn(const std::string& topic) {
    if (topic.empty()) return PrintAndExit{main_.help()};
    const auto commands = main_.get_subcommands({});
    if (std::any_of(commands.begin(), commands.end(),
                    [&topic](const CLI::App* each) { return each->get_name() == topic; })) {
      const char* const arguments[] = {"espcap", topic.c_str(), "--help"};
      return Parse(static_cast<int>(std::ssize(arguments)), arguments);
    }
    auto text = ExplainOption(topic, HelpWidth());
    if (!text) return Forward(std::move(text));
    return PrintAndExit{*std::move(text)};
  }

  Result<Invocation> Parse(int argc, const char* const* argv) {
    try {
      main_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return PrintAndExit{main_.help()};
    } catch (const CLI::CallForVersion& version) {
      return PrintAndExit{std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
      return Fail("{}", Explain(main_, error));
    }
    if (resend_.parsed()) return Finish(resend_, resend_settings_);
    if (template_.parsed()) return Finish(template_, template_settings_);
    if (fields_.parsed()) return Finish(fields_, fields_settings_);
    if (query_.parsed()) return Finish(query_, query_settings_);
    if (packets_.parsed()) return Finish(packets_, packets_settings_);
    if (show_.parsed()) return Finish(show_, show_settings_);
    if (report_.parsed()) return Finish(report_, report_settings_);
    if (enqueue_.parsed()) return Finish(enqueue_, enqueue_settings_);
    return Finish(main_, capture_);
  }

 private:
  template <class Settings>
  Result<Invocation> Finish(CLI::App& command, Settings& settings) {
    if (&command != &main_) {
      for (const CLI::Option* option : main_.get_options()) {
        if (option->count() == 0) continue;
        return Fail("{} is before '{}': give options after it", option->get_name(),
                    command.get_name());
      }
    }
    if (auto read = ReadConfiguration(command, main_, settings); !read) {
      return Forward(std::move(read));
    }
    return std::move(settings);
  }

  static CLI::App& AddCommand(CLI::App& main, Commands command) {
    const CommandRow& row = RowOf(command);
    return *main.add_subcommand(row.name, row.help);
  }

  static void Describe(CLI::App& app, Commands command, const SettingsOfCommand& settings) {
    app.footer(Footer(RowOf(command)));
    app.formatter(std::make_shared<HelpFormatter>(HelpWidth()));
    AddOptions(app, command, settings);
    const Option& help = HelpOption();
    app.set_help_flag(help.names, help.help)->group(help.group);
  }

  CaptureSettings capture_;
  ResendSettings resend_settings_;
  TemplateSettings template_settings_;
  FieldsSettings fields_settings_;
  QuerySettings query_settings_;
  PacketsSettings packets_settings_;
  ShowSettings show_settings_;
  ReportSettings report_settings_;
  EnqueueSettings enqueue_settings_;
  CLI::App main_{RowOf(kCaptureCommand).help, "espcap"};
  CLI::App& resend_ = AddCommand(main_, kResendCommand);
  CLI::App& template_ = AddCommand(main_, kTemplateCommand);
  CLI::App& fields_ = AddCommand(main_, kFieldsCommand);
  CLI::App& query_ = AddCommand(main_, kQueryCommand);
  CLI::App& packets_ = AddCommand(main_, kPacketsCommand);
  CLI::App& show_ = AddCommand(main_, kShowCommand);
  CLI::App& report_ = AddCommand(main_, kReportCommand);
  CLI::App& enqueue_ = AddCommand(main_, kEnqueueCommand);
};

}  // namespace

Result<Invocation> ParseArguments(int argc, const char* const* argv,
                                  const std::shared_ptr<const SecretInputs>& secrets,
                                  const std::string& version) {
  if (auto checked = CheckNoLostValue(argc, argv); !checked) return Forward(std::move(checked));
  Parser parser(secrets, version);
  if (argc > 1 && std::string_view(argv[1]) == "help") {
    if (argc > 3) return Fail("help: give one option or command");
    return parser.HelpOn(argc > 2 ? argv[2] : "");
  }
  return parser.Parse(argc, argv);
}

}  // namespace espcap::cli
