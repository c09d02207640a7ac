// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the user asked for, as each part's own options.
#ifndef ESPCAP_APP_RUN_OPTIONS_H_
#define ESPCAP_APP_RUN_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/settings.h"
#include "dissect/options.h"
#include "encode/provenance.h"
#include "http/node_url.h"
#include "live/options.h"
#include "process/privileges.h"
#include "supervise/options.h"
#include "worker/worker_options.h"

namespace espcap::app {

// Of a run that says nothing about it: the machine's cores.
uint32_t WorkersOf(const cli::CaptureSettings& settings);

// Of each; 0: any.
uint64_t WorkerMemoryOf(const cli::CaptureSettings& settings);

// How documents look to their destination.
encode::Format FormatOf(const cli::CaptureSettings& settings);
encode::DocumentLimits LimitsOf(const cli::CaptureSettings& settings);
dissect::Options DissectionOptionsOf(const cli::DissectionSettings& settings);

live::RawOptions RawOptionsOf(const cli::RecordingSettings& settings);

worker::WorkerOptions WorkerOptionsOf(const cli::CaptureSettings& settings,
                                      const encode::RunOrigin& origin,
                                      std::optional<process::Identity> unprivileged);

supervise::Options SuperviseOptionsOf(const cli::CaptureSettings& settings,
                                      const std::vector<http::NodeUrl>& nodes,
                                      std::vector<supervise::InputFile> inputs);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_OPTIONS_H_
