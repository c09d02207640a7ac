// SPDX-License-Identifier: GPL-2.0-or-later
//
// How live capture goes on, as a line for the log. Pure.
#ifndef ESPCAP_TELEMETRY_LIVE_LINE_H_
#define ESPCAP_TELEMETRY_LIVE_LINE_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "espcap/destination.h"
#include "espcap/ledger.h"
#include "espcap/live_stats.h"

namespace espcap::telemetry {

// "received 1234 packets (17 packets/s), dropped 0 by the kernel, 0 by the interface, 0 by full
// rings; dissected 1230, delivered 1200; lag 0.12 s in the median, 0.90 s at the 99th percentile".
// `received_before`: at the last line, `since` ago.
std::string FormatLive(const LiveStats& stats, const Ledger& ledger, uint64_t received_before,
                       std::chrono::duration<double> since,
                       Destination destination = Destination::kStream);

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LIVE_LINE_H_
