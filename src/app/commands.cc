// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/commands.h"

#include <fmt/format.h>

#include <variant>

#include "app/capture_command.h"
#include "app/fields_command.h"
#include "app/query_command.h"
#include "app/resend_command.h"
#include "app/standard_output.h"
#include "app/template_command.h"
#include "telemetry/log.h"

namespace espcap::app {
namespace {

using telemetry::Log;
using telemetry::Verbosity;

struct Runner {
  const char* program_path;

  int operator()(const cli::PrintAndExit& print) const {
    const auto printed = PrintText(print.text);
    if (!printed) fmt::print(stderr, "espcap: error: {}\n", printed.error().message);
    return printed ? 0 : 1;
  }
  int operator()(const cli::CaptureSettings& settings) const {
    auto status = ExitStatus::kDone;
    const int failures = WithLog(settings, [&](Log& log) -> Result<void> {
      const auto ended = RunCaptureCommand(program_path, settings, log);
      if (!ended) return tl::unexpected(ended.error());
      status = *ended;
      return {};
    });
    return status == ExitStatus::kDone ? failures : static_cast<int>(status);
  }
  int operator()(const cli::ResendSettings& settings) const {
    return WithLog(settings, [&](Log& log) { return RunResendCommand(settings, log); });
  }
  int operator()(const cli::TemplateSettings& settings) const {
    bool falls_short = false;
    const int status = WithLog(settings, [&](Log& log) {
      const auto verdict = RunTemplateCommand(program_path, settings, log);
      falls_short = verdict && *verdict == TemplateVerdict::kFallsShort;
      return verdict ? Result<void>() : tl::unexpected(verdict.error());
    });
    constexpr int kFallsShortStatus = 2;
    return falls_short ? kFallsShortStatus : status;
  }
  int operator()(const cli::FieldsSettings& settings) const {
    return WithLog(settings,
                   [&](Log& /*log*/) { return RunFieldsCommand(program_path, settings); });
  }
  int operator()(const cli::QuerySettings& settings) const {
    return WithLog(settings, [&](Log& log) { return RunQueryCommand(settings, log); });
  }

 private:
  template <class Command>
  static int WithLog(const cli::ProgramSettings& settings, const Command& command) {
    const Verbosity spoken = settings.verbose ? Verbosity::kVerbose : Verbosity::kNormal;
    Log log(settings.quiet ? Verbosity::kQuiet : spoken);
    for (const std::string& warning : settings.warnings) log.Warning(warning);
    if (!settings.config_used.empty()) log.Info("configuration from " + settings.config_used);
    if (Result<void> done = command(log); !done) log.Error(done.error().message);
    return log.errors() == 0 ? 0 : 1;
  }
};

}  // namespace

int RunCommand(const char* program_path, const cli::Invocation& invocation) {
  return std::visit(Runner{program_path}, invocation);
}

}  // namespace espcap::app
