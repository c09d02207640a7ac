// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/live_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace espcap::telemetry {

std::string FormatLive(const LiveStats& stats, const Ledger& ledger, uint64_t received_before,
                       std::chrono::duration<double> since, Destination destination) {
  const uint64_t received = stats.Received();
  const uint64_t dropped = ledger.kernel_dropped + ledger.interface_dropped + ledger.ring_dropped;
  const double rate =
      static_cast<double>(received - received_before) / std::max(since.count(), 1e-3);
  const std::string duplicates =
      ledger.duplicates > 0 ? fmt::format(", left out {} duplicates", ledger.duplicates) : "";
  return fmt::format(
      "received {} packets ({:.0f} packets/s), dropped {} by the kernel, {} by the interface, {} "
      "by "
      "full rings{}; {} {}, delivered {}; lag {:.2f} s in the median, {:.2f} s at the 99th "
      "percentile",
      received, rate, ledger.kernel_dropped, ledger.interface_dropped, ledger.ring_dropped,
      duplicates, destination == Destination::kForward ? "read" : "dissected",
      ledger.captured - dropped - ledger.duplicates,
      ledger.written + ledger.forwarded + ledger.indexed + ledger.already_there,
      stats.lag_median.count(), stats.lag_99th.count());
}

}  // namespace espcap::telemetry
