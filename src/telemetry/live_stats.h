// SPDX-License-Identifier: GPL-2.0-or-later
//
// How live capture stands, as plain values, and as a line for the log.
#ifndef ESPCAP_TELEMETRY_LIVE_STATS_H_
#define ESPCAP_TELEMETRY_LIVE_STATS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "espcap/ledger.h"

namespace espcap::telemetry {

struct InterfaceStats {
  std::string name;
  uint64_t received = 0;  // by espcap, those that full rings dropped included
  uint64_t bytes = 0;
  uint64_t ring_dropped = 0;
  uint64_t kernel_dropped = 0;
  uint64_t interface_dropped = 0;
};

struct LiveStats {
  std::vector<InterfaceStats> interfaces;
  // Of the time before the last line: from a packet's time to its document's delivery.
  std::chrono::duration<double> lag_median{0};
  std::chrono::duration<double> lag_99th{0};
};

// "received 1234 packets (17 packets/s), dropped 0 by the kernel, 0 by the interface, 0 by full
// rings; dissected 1230, delivered 1200; lag 0.12 s in the median, 0.90 s at the 99th percentile".
// `received_before`: at the last line, `since` ago.
std::string FormatLive(const LiveStats& stats, const Ledger& ledger, uint64_t received_before,
                       std::chrono::duration<double> since);

// Of all interfaces.
uint64_t Received(const LiveStats& stats);

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LIVE_STATS_H_
