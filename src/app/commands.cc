// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/commands.h"

#include <fmt/format.h>

#include <variant>

#include "app/capture_command.h"
#include "app/enqueue_command.h"
#include "app/fields_command.h"
#include "app/packets_command.h"
#include "app/query_command.h"
#include "app/report_command.h"
#include "app/resend_command.h"
#include "app/show_command.h"
#include "app/standard_output.h"
#include "app/template_command.h"
#include "espcap/exit_status.h"
#include "telemetry/log.h"

namespace espcap::app {
namespace {

using telemetry::Log;
using telemetry::Verbosity;

Result<ExitStatus> Complete(const Result<void>& done) {
  if (!done) return tl::unexpected(done.error());
  return ExitStatus::kComplete;
}

struct Runner {
  const char* program_path;

  ExitStatus operator()(const cli::PrintAndExit& print) const {
    const auto printed = PrintText(print.text);
    if (!printed) fmt::print(stderr, "espcap: error: {}\n", printed.error().message);
    return printed ? ExitStatus::kComplete : ExitStatus::kNothingRan;
  }
  ExitStatus operator()(const cli::CaptureSettings& settings) const {
    return WithLog(settings,
                   [&](Log& log) { return RunCaptureCommand(program_path, settings, log); });
  }
  ExitStatus operator()(const cli::ResendSettings& settings) const {
    return WithLog(settings, [&](Log& log) { return RunResendCommand(settings, log); });
  }
  ExitStatus operator()(const cli::TemplateSettings& settings) const {
    return WithLog(settings,
                   [&](Log& log) { return RunTemplateCommand(program_path, settings, log); });
  }
  ExitStatus operator()(const cli::FieldsSettings& settings) const {
    return WithLog(
        settings, [&](Log& /*log*/) { return Complete(RunFieldsCommand(program_path, settings)); });
  }
  ExitStatus operator()(const cli::QuerySettings& settings) const {
    return WithLog(settings, [&](Log& log) { return Complete(RunQueryCommand(settings, log)); });
  }

  ExitStatus operator()(const cli::PacketsSettings& settings) const {
    return WithLog(settings,
                   [&](Log& log) { return RunPacketsCommand(program_path, settings, log); });
  }
  ExitStatus operator()(const cli::ShowSettings& settings) const {
    return WithLog(settings, [&](Log& log) { return RunShowCommand(program_path, settings, log); });
  }
  ExitStatus operator()(const cli::ReportSettings& settings) const {
    return WithLog(settings, [&](Log& log) { return Complete(RunReportCommand(settings, log)); });
  }
  ExitStatus operator()(const cli::EnqueueSettings& settings) const {
    return WithLog(settings, [&](Log& log) { return RunEnqueueCommand(settings, log); });
  }

 private:
  // An error that a command returns means that it did nothing.
  template <class Command>
  static ExitStatus WithLog(const cli::ProgramSettings& settings, const Command& command) {
    const Verbosity spoken = settings.verbose ? Verbosity::kVerbose : Verbosity::kNormal;
    Log log(settings.quiet ? Verbosity::kQuiet : spoken);
    for (const std::string& warning : settings.warnings) log.Warning(warning);
    if (!settings.config_used.empty()) log.Info("configuration from " + settings.config_used);
    const Result<ExitStatus> status = command(log);
    if (!status) log.Error(status.error().message);
    return status.value_or(ExitStatus::kNothingRan);
  }
};

}  // namespace

int RunCommand(const char* program_path, const cli::Invocation& invocation) {
  return static_cast<int>(std::visit(Runner{program_path}, invocation));
}

}  // namespace espcap::app
