// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <variant>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "telemetry/log.h"

namespace {

using espcap::telemetry::Verbosity;

Verbosity VerbosityOf(const espcap::cli::Settings& settings) {
  if (settings.quiet) return Verbosity::kQuiet;
  return settings.verbose ? Verbosity::kVerbose : Verbosity::kNormal;
}

}  // namespace

int main(int argc, char** argv) try {
  auto parsed = espcap::cli::ParseArguments(argc, argv);
  if (!parsed) {
    fmt::print(stderr, "espcap: error: {}\n", parsed.error().message);
    return 1;
  }
  if (const auto* print = std::get_if<espcap::cli::PrintAndExit>(&*parsed)) {
    fmt::print("{}", print->text);
    return 0;
  }
  const auto& settings = std::get<espcap::cli::Settings>(*parsed);
  espcap::telemetry::Log log(VerbosityOf(settings));
  return espcap::cli::RunCommand(argv[0], settings, log);
} catch (const std::exception& error) {
  static_cast<void>(std::fprintf(stderr, "espcap: error: %s\n", error.what()));
  return 1;
}
