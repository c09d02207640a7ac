// SPDX-License-Identifier: GPL-2.0-or-later
//
// Command line and configuration file together become a command and its settings.
#ifndef ESPCAP_CLI_ARGUMENTS_H_
#define ESPCAP_CLI_ARGUMENTS_H_

#include <memory>
#include <string>
#include <variant>

#include "cli/secret_inputs.h"
#include "cli/settings.h"
#include "espcap/result.h"

namespace espcap::cli {

// Text for standard output, and nothing else to do: --help, --version.
struct PrintAndExit {
  std::string text;
};

// What the user asks for: a command with its settings.
using Invocation =
    std::variant<PrintAndExit, CaptureSettings, ResendSettings, TemplateSettings, FieldsSettings,
                 QuerySettings, PacketsSettings, ShowSettings, ReportSettings, EnqueueSettings>;

// `secrets` become part of the settings; `version` is what --version prints. An error is a sentence
// that names the option, or file, line and key.
Result<Invocation> ParseArguments(int argc, const char* const* argv,
                                  const std::shared_ptr<const SecretInputs>& secrets = nullptr,
                                  const std::string& version = {});

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_ARGUMENTS_H_
