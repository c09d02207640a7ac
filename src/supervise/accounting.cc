// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/accounting.h"

#include <algorithm>

namespace espcap::supervise {
namespace {

void Add(Ledger& ledger, const process::SlotProgress& progress) {
  ledger.captured += progress.captured;
  ledger.filtered += progress.filtered;
  ledger.duplicates += progress.duplicates;
  ledger.failed += progress.failed;
  ledger.too_large += progress.too_large;
  ledger.cut += progress.cut;
  ledger.cut_layers.Add(progress.cut_layers);
}

}  // namespace

void Accounting::CountTaken(const process::SlotProgress& progress) { Add(ledger_, progress); }

void Accounting::CountLag(PacketTime first, PacketTime last, uint64_t documents) {
  const PacketTime now = std::chrono::system_clock::now();
  lags_.Add(now - first, now - last, documents);
}

// What came to the interfaces is captured, whether it found a worker or not.
void Accounting::AddLosses(Ledger& ledger) const {
  if (!is_live()) return;
  ledger.kernel_dropped = ledger.interface_dropped = ledger.ring_dropped = ledger.duplicates = 0;
  for (const InterfaceStats& interface : read_interfaces_()) {
    ledger.kernel_dropped += interface.kernel_dropped;
    ledger.interface_dropped += interface.interface_dropped;
    ledger.ring_dropped += interface.ring_dropped;
    ledger.duplicates += interface.duplicates;
  }
  ledger.captured +=
      ledger.kernel_dropped + ledger.interface_dropped + ledger.ring_dropped + ledger.duplicates;
}

void Accounting::CountLosses() {
  if (!is_live()) return;
  uint64_t left = 0;
  for (const InterfaceStats& interface : read_interfaces_()) {
    left += interface.received - interface.ring_dropped - interface.duplicates;
  }
  left -= std::min(left, ledger_.captured);
  ledger_.captured += left;
  ledger_.abandoned += left;
  AddLosses(ledger_);
}

Ledger Accounting::SoFar(const std::vector<process::SlotProgress>& being_filled) const {
  Ledger ledger = ledger_;
  for (const process::SlotProgress& progress : being_filled) Add(ledger, progress);
  AddLosses(ledger);
  return ledger;
}

LiveStats Accounting::Live() const {
  return {read_interfaces_(), lags_.Quantile(0.5), lags_.Quantile(0.99)};
}

}  // namespace espcap::supervise
