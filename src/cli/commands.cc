// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"

#include <fmt/format.h>

#include <variant>

#include "cli/capture_command.h"
#include "cli/fields_command.h"
#include "cli/query_command.h"
#include "cli/resend_command.h"
#include "cli/template_command.h"
#include "telemetry/log.h"

namespace espcap::cli {
namespace {

using telemetry::Log;
using telemetry::Verbosity;

struct Runner {
  const char* program_path;

  int operator()(const PrintAndExit& print) const {
    fmt::print("{}", print.text);
    return 0;
  }
  int operator()(const CaptureSettings& settings) const {
    return WithLog(settings,
                   [&](Log& log) { return RunCaptureCommand(program_path, settings, log); });
  }
  int operator()(const ResendSettings& settings) const {
    return WithLog(settings, [&](Log& log) { return RunResendCommand(settings, log); });
  }
  int operator()(const TemplateSettings& settings) const {
    return WithLog(settings,
                   [&](Log& log) { return RunTemplateCommand(program_path, settings, log); });
  }
  int operator()(const FieldsSettings& settings) const {
    return WithLog(settings,
                   [&](Log& /*log*/) { return RunFieldsCommand(program_path, settings); });
  }
  int operator()(const QuerySettings& settings) const {
    return WithLog(settings, [&](Log& /*log*/) { return RunQueryCommand(settings); });
  }

 private:
  template <class Command>
  static int WithLog(const ProgramSettings& settings, const Command& command) {
    const Verbosity spoken = settings.verbose ? Verbosity::kVerbose : Verbosity::kNormal;
    Log log(settings.quiet ? Verbosity::kQuiet : spoken);
    for (const std::string& warning : settings.warnings) log.Warning(warning);
    if (!settings.config_used.empty()) log.Verbose("configuration from " + settings.config_used);
    if (Result<void> done = command(log); !done) log.Error(done.error().message);
    return log.errors() == 0 ? 0 : 1;
  }
};

}  // namespace

int RunCommand(const char* program_path, const Invocation& invocation) {
  return std::visit(Runner{program_path}, invocation);
}

}  // namespace espcap::cli
