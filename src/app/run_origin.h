// SPDX-License-Identifier: GPL-2.0-or-later
//
// What all documents of a run say of where they come from.
#ifndef ESPCAP_APP_RUN_ORIGIN_H_
#define ESPCAP_APP_RUN_ORIGIN_H_

#include <string>
#include <vector>

#include "cli/settings.h"
#include "encode/provenance.h"
#include "espcap/result.h"

namespace espcap::app {

// With a new id. An error: a tag or a label isn't one.
Result<encode::RunOrigin> RunOriginOf(const cli::OriginSettings& settings);

// Of those that are such.
std::vector<std::string> LabelKeysOf(const cli::OriginSettings& settings);

// Whether documents say it.
bool HasProvenance(const cli::CaptureSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_ORIGIN_H_
