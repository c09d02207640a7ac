// SPDX-License-Identifier: GPL-2.0-or-later
//
// What doesn't go together with packets that are forwarded undissected. Pure; an error names the
// option and what to do.
#ifndef ESPCAP_APP_FORWARD_CHECKS_H_
#define ESPCAP_APP_FORWARD_CHECKS_H_

#include "cli/settings.h"
#include "espcap/result.h"

namespace espcap::app {

[[nodiscard]] Result<void> CheckForward(const cli::CaptureSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_FORWARD_CHECKS_H_
