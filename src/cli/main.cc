// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "cli/arguments.h"
#include "cli/commands.h"

int main(int argc, char** argv) try {
  const auto invocation = espcap::cli::ParseArguments(argc, argv);
  if (!invocation) {
    fmt::print(stderr, "espcap: error: {}\n", invocation.error().message);
    return 1;
  }
  return espcap::cli::RunCommand(argv[0], *invocation);
} catch (const std::exception& error) {
  static_cast<void>(std::fprintf(stderr, "espcap: error: %s\n", error.what()));
  return 1;
}
