// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap template`.
#ifndef ESPCAP_APP_TEMPLATE_COMMAND_H_
#define ESPCAP_APP_TEMPLATE_COMMAND_H_

#include <cstdint>

#include "cli/settings.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

enum class TemplateVerdict : uint8_t { kFine, kFallsShort };  // of --check

Result<TemplateVerdict> RunTemplateCommand(const char* program_path,
                                           const cli::TemplateSettings& settings,
                                           telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_TEMPLATE_COMMAND_H_
