// SPDX-License-Identifier: GPL-2.0-or-later
//
// Applies the user's settings to libwireshark's global state.
// REQUIRES: libwireshark is initialised and its own settings are loaded.
#ifndef ESPCAP_DISSECT_PREFERENCES_H_
#define ESPCAP_DISSECT_PREFERENCES_H_

#include <string>
#include <vector>

#include "dissect/options.h"
#include "espcap/result.h"

namespace espcap::dissect {

// What can be set of Options::foreign_preferences. Returns why others are not: a line each. Before
// SetPreferences(), whose own count.
std::vector<std::string> SetForeignPreferences(const std::vector<std::string>& settings);

// -o, -d, -n and -N: before prefs_apply_all().
Result<void> SetPreferences(const Options& options);

// Enabled and disabled protocols and heuristics: after prefs_apply_all().
Result<void> SetProtocols(const Options& options);

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_PREFERENCES_H_
