// SPDX-License-Identifier: GPL-2.0-or-later
//
// The capture files that options name, and the folders that more of them arrive in.
#ifndef ESPCAP_APP_RUN_INPUTS_H_
#define ESPCAP_APP_RUN_INPUTS_H_

#include <memory>
#include <vector>

#include "cli/settings.h"
#include "espcap/file_watch.h"
#include "espcap/result.h"
#include "supervise/options.h"
#include "telemetry/log.h"

namespace espcap::app {

// Files first, then what folders have. An error names the folder, or the name that is too long.
Result<std::vector<supervise::InputFile>> ListInputs(const cli::CaptureSettings& settings);

// With --watch, of each folder. An error names it.
Result<std::vector<std::unique_ptr<FileWatch>>> OpenWatches(const cli::CaptureSettings& settings);

// That folders are all the input, and have no file.
void TellNoInput(const cli::CaptureSettings& settings, telemetry::Log& log);

// Sharding changes documents, so it is only ever asked for; who waits for one large file is told
// that it exists.
void MentionShards(const cli::CaptureSettings& settings,
                   const std::vector<supervise::InputFile>& inputs, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_INPUTS_H_
