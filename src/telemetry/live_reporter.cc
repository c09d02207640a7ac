// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/live_reporter.h"

#include "telemetry/live_line.h"

namespace espcap::telemetry {

void LiveReporter::Report(const LiveStats& stats, const Ledger& ledger) {
  const auto now = Clock::now();
  log_.Info(FormatLive(stats, ledger, received_then_, now - reported_at_, destination_));
  received_then_ = stats.Received();
  reported_at_ = now;
}

}  // namespace espcap::telemetry
