// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of live capture, as plain values. The supervisor computes them, telemetry prints them.
#ifndef ESPCAP_LIVE_STATS_H_
#define ESPCAP_LIVE_STATS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace espcap {

// All since the start of the run.
struct InterfaceStats {
  std::string name;
  uint64_t received = 0;  // by espcap, those that full rings dropped included
  uint64_t bytes = 0;
  uint64_t ring_dropped = 0;
  uint64_t kernel_dropped = 0;
  uint64_t interface_dropped = 0;
  uint64_t duplicates = 0;  // of those received
  bool is_blind = false;    // the link receives packets, and the capture sees none
};

struct LiveStats {
  std::vector<InterfaceStats> interfaces;
  // Of the time before the last line: from a packet's time to its document's delivery.
  std::chrono::duration<double> lag_median{0};
  std::chrono::duration<double> lag_99th{0};

  // From all interfaces.
  [[nodiscard]] uint64_t Received() const {
    uint64_t received = 0;
    for (const InterfaceStats& interface : interfaces) received += interface.received;
    return received;
  }
};

}  // namespace espcap

#endif  // ESPCAP_LIVE_STATS_H_
