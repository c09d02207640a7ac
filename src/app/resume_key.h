// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run is for, to be compared with an earlier one's.
#ifndef ESPCAP_APP_RESUME_KEY_H_
#define ESPCAP_APP_RESUME_KEY_H_

#include <string>

#include "cli/settings.h"

namespace espcap::app {

// Everything that decides what documents a capture becomes and where they go.
std::string ResumeKey(const cli::CaptureSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RESUME_KEY_H_
