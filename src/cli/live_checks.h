// SPDX-License-Identifier: GPL-2.0-or-later
//
// What must be true of the settings of live capture.
#ifndef ESPCAP_CLI_LIVE_CHECKS_H_
#define ESPCAP_CLI_LIVE_CHECKS_H_

#include <cstdint>

#include "cli/settings.h"
#include "espcap/result.h"

namespace espcap::cli {

// The interfaces exist, and nothing is asked for that only files have.
[[nodiscard]] Result<void> CheckLive(const CaptureSettings& settings);

// Packets of one worker come in order, those of several don't: documents in order are one's.
[[nodiscard]] uint32_t LiveWorkersOf(const CaptureSettings& settings, uint32_t cores);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_LIVE_CHECKS_H_
