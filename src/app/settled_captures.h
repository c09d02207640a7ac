// SPDX-License-Identifier: GPL-2.0-or-later
//
// What --after makes of the files of settled captures.
#ifndef ESPCAP_APP_SETTLED_CAPTURES_H_
#define ESPCAP_APP_SETTLED_CAPTURES_H_

#include <functional>
#include <memory>
#include <string>

#include "base/held_file.h"
#include "cli/settings.h"
#include "espcap/result.h"
#include "resume/settled_files.h"

namespace espcap::app {

// Whether --after goes with the other options.
Result<void> CheckAfter(const cli::CaptureSettings& settings);

// Whether any file goes.
bool FilesGo(const cli::CaptureSettings& settings);

// The absolute path at which a file, or one in an archive, lies once it is settled; unless there is
// another by that name. Called in processes that are forked off.
using SettledPath = std::function<std::string(const std::string& path, bool is_from_directory)>;
SettledPath SettledPathOf(const cli::CaptureSettings& settings);

// Null: all of them stay. `hold`: by which a file is opened that is about to go.
Result<std::unique_ptr<resume::SettledFiles>> OpenSettledFiles(const cli::CaptureSettings& settings,
                                                               base::HoldFile hold);

}  // namespace espcap::app

#endif  // ESPCAP_APP_SETTLED_CAPTURES_H_
