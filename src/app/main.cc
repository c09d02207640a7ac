// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <utility>

#include "app/commands.h"
#include "base/printable.h"
#include "base/secret.h"
#include "cli/arguments.h"
#include "cli/secret_inputs.h"
#include "dissect/epan_library.h"

int main(int argc, char** argv) try {
  const auto fail = [](const espcap::Error& error) {
    fmt::print(stderr, "espcap: error: {}\n", espcap::base::Printable(error.message));
    return 1;
  };
  // First of all: no other process of this user reads its memory, where secrets are.
  ::prctl(PR_SET_DUMPABLE, 0);
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));  // a file at its size limit is a write error
  auto secrets = espcap::cli::ExtractSecrets({argv, static_cast<size_t>(argc)});
  espcap::base::WipeUnusedStack();
  if (!secrets) return fail(secrets.error());
  const auto invocation = espcap::cli::ParseArguments(
      argc, argv, std::make_shared<espcap::cli::SecretInputs>(std::move(*secrets)),
      "espcap " ESPCAP_VERSION ", libwireshark " + espcap::dissect::EpanLibrary::Version());
  if (!invocation) return fail(invocation.error());
  return espcap::app::RunCommand(argv[0], *invocation);
} catch (const std::exception& error) {
  fmt::print(stderr, "espcap: error: {}\n", espcap::base::Printable(error.what()));
  return 1;
}
