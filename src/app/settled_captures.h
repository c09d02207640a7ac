// SPDX-License-Identifier: GPL-2.0-or-later
//
// What --after makes of the files of settled captures.
#ifndef ESPCAP_APP_SETTLED_CAPTURES_H_
#define ESPCAP_APP_SETTLED_CAPTURES_H_

#include <memory>

#include "cli/settings.h"
#include "espcap/result.h"
#include "resume/settled_files.h"

namespace espcap::app {

// Whether --after goes with the other options.
Result<void> CheckAfter(const cli::CaptureSettings& settings);

// Whether any file goes.
bool FilesGo(const cli::CaptureSettings& settings);

// Null: all of them stay.
Result<std::unique_ptr<resume::SettledFiles>> OpenSettledFiles(
    const cli::CaptureSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_SETTLED_CAPTURES_H_
