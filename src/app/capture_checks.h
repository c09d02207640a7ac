// SPDX-License-Identifier: GPL-2.0-or-later
//
// Settings of the main command that can't be together. Pure, but for looking up interfaces; an
// error names the options and what to do.
#ifndef ESPCAP_APP_CAPTURE_CHECKS_H_
#define ESPCAP_APP_CAPTURE_CHECKS_H_

#include "cli/settings.h"
#include "espcap/result.h"

namespace espcap::app {

// Where packets come from.
[[nodiscard]] Result<void> CheckSources(const cli::CaptureSettings& settings);
// What becomes of them.
[[nodiscard]] Result<void> CheckShape(const cli::CaptureSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_CAPTURE_CHECKS_H_
