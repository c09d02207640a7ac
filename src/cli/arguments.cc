// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "base/nearest_name.h"
#include "cli/config_arguments.h"
#include "cli/help_formatter.h"
#include "cli/parser_options.h"
#include "config/config_file.h"

namespace espcap::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  espcap --file capture.pcap                             documents on standard output
  espcap --file capture.pcap --node localhost:9200       into Elasticsearch
  espcap --dir captures --recursive --node localhost     every capture below a folder
  tcpdump -w - | espcap --file - --node localhost:9200   from a pipe
  espcap --file capture.pcap --filter 'dns' --format text
  espcap --file tls.pcap -o tls.keylog_file:keys.log --output tls.ndjson
  espcap --nic eth0 --bpf 'tcp port 80' --count 500      live, on standard output
  espcap --list                                          capture interfaces
)";

constexpr const char* kResendExamples = R"(Example:
  espcap resend dead-letters.ndjson --node localhost:9200
)";

constexpr const char* kTemplateExamples = R"(Examples:
  espcap template                                        the default one, as JSON
  espcap template --node localhost:9200 --install        put it there, or bring it up to date
  espcap template --node localhost:9200 --check          what the server has otherwise
  espcap template --protocols tcp,dns --rest flattened
  espcap template --data-stream logs-packets-office --node localhost --install
)";

constexpr const char* kFieldsExamples = R"(Examples:
  espcap fields retrans                                  every field with that in name or description
  espcap fields 'tcp.flags.*'                            by name, with * for any text
  espcap fields tcp.srcport --json
  espcap fields --curated --names > names.txt            for espcap --fields @names.txt
)";

constexpr const char* kQueryExamples = R"(Examples:
  espcap query                                           list them
  espcap query top-talkers --node localhost:9200
  espcap query conversation --node localhost --set a=10.0.0.1 --set b=10.0.0.2
)";

std::string WithSuggestion(const CLI::App& app, const CLI::ParseError& error) {
  std::string text = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return text;
  const std::vector<std::string> unknown = app.remaining(true);
  if (unknown.empty()) return text;
  text = fmt::format("unknown option or argument '{}'", unknown.front());
  std::vector<std::string> known = LongOptions(app, "--");
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  const std::string nearest = base::NearestName(unknown.front(), known);
  return nearest.empty() ? text : fmt::format("{}; did you mean {}?", text, nearest);
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
    main_.require_subcommand(0, 1);
    Describe(main_, kExamples, kCaptureCommand,
             {.program = &capture_, .server = &capture_, .capture = &capture_});
    main_.set_version_flag("--version", version, "Print the versions of espcap and libwireshark.")
        ->group("Program");
    Describe(
        resend_, kResendExamples, kResendCommand,
        {.program = &resend_settings_, .server = &resend_settings_, .resend = &resend_settings_});
    resend_.get_option("FILE")->required();
    Describe(template_, kTemplateExamples, kTemplateCommand,
             {.program = &template_settings_,
              .server = &template_settings_,
              .index_template = &template_settings_});
    Describe(fields_, kFieldsExamples, kFieldsCommand,
             {.program = &fields_settings_, .fields = &fields_settings_});
    fields_.get_option("--json")->excludes("--names");
    Describe(query_, kQueryExamples, kQueryCommand,
             {.program = &query_settings_, .server = &query_settings_, .query = &query_settings_});
  }

  Result<Invocation> Parse(int argc, const char* const* argv) {
    try {
      main_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return PrintAndExit{main_.help()};
    } catch (const CLI::CallForVersion& version) {
      return PrintAndExit{std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
      return Fail("{}; --help lists the options", WithSuggestion(main_, error));
    }
    if (resend_.parsed()) return Finish(resend_, resend_settings_);
    if (template_.parsed()) return Finish(template_, template_settings_);
    if (fields_.parsed()) return Finish(fields_, fields_settings_);
    if (query_.parsed()) return Finish(query_, query_settings_);
    return Finish(main_, capture_);
  }

 private:
  template <class Settings>
  Result<Invocation> Finish(CLI::App& command, Settings& settings) {
    if (&command != &main_) {
      for (const CLI::Option* option : main_.get_options()) {
        if (option->count() == 0) continue;
        return Fail("{} stands before '{}': give options after it", option->get_name(),
                    command.get_name());
      }
    }
    if (auto read = ReadConfiguration(command, main_, settings); !read) {
      return Forward(std::move(read));
    }
    return std::move(settings);
  }

  static void Describe(CLI::App& app, const char* examples, Commands command,
                       const SettingsOfCommand& settings) {
    app.footer(examples);
    app.formatter(std::make_shared<HelpFormatter>(HelpWidth()));
    AddOptions(app, command, settings);
    app.set_help_flag("-h,--help", "Print this text.")->group("Program");
  }

  CaptureSettings capture_;
  ResendSettings resend_settings_;
  TemplateSettings template_settings_;
  FieldsSettings fields_settings_;
  QuerySettings query_settings_;
  CLI::App main_{"Dissects packets as tshark does and sends them to Elasticsearch.", "espcap"};
  CLI::App& resend_ = *main_.add_subcommand("resend", "Send dead letters once more.");
  CLI::App& template_ =
      *main_.add_subcommand("template", "Print, install or check an index template for packets.");
  CLI::App& fields_ = *main_.add_subcommand(
      "fields", "List fields: name, path in the document, type, description.");
  CLI::App& query_ = *main_.add_subcommand("query", "Ask a server, and print a table.");
};

}  // namespace

Result<Invocation> ParseArguments(int argc, const char* const* argv,
                                  const std::shared_ptr<const SecretInputs>& secrets,
                                  const std::string& version) {
  if (auto checked = CheckNoLostValue(argc, argv); !checked) return Forward(std::move(checked));
  return Parser(secrets, version).Parse(argc, argv);
}

}  // namespace espcap::cli
