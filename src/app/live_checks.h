// SPDX-License-Identifier: GPL-2.0-or-later
//
// What must be true of the settings of live capture.
#ifndef ESPCAP_APP_LIVE_CHECKS_H_
#define ESPCAP_APP_LIVE_CHECKS_H_

#include <cstdint>

#include "cli/settings.h"
#include "espcap/result.h"

namespace espcap::app {

// The interfaces exist, and nothing is asked for that only files have.
[[nodiscard]] Result<void> CheckLive(const cli::CaptureSettings& settings);

// Packets of one worker come in order, those of several don't: documents in order are one's.
[[nodiscard]] uint32_t LiveWorkersOf(const cli::CaptureSettings& settings, uint32_t cores);

}  // namespace espcap::app

#endif  // ESPCAP_APP_LIVE_CHECKS_H_
