// SPDX-License-Identifier: GPL-2.0-or-later
//
// The run's books: every packet that came in, and what became of it. The ledger is filled here from
// what workers hand over and from the interfaces' counters, and by the sink. One thread.
#ifndef ESPCAP_SUPERVISE_ACCOUNTING_H_
#define ESPCAP_SUPERVISE_ACCOUNTING_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "espcap/ledger.h"
#include "espcap/live_stats.h"
#include "process/worker_slots.h"
#include "telemetry/lag_histogram.h"

namespace espcap::supervise {

class Accounting {
 public:
  // Of every interface since the start; an empty function: nothing is live.
  using ReadInterfaces = std::function<std::vector<InterfaceStats>()>;

  explicit Accounting(ReadInterfaces read_interfaces)
      : read_interfaces_(std::move(read_interfaces)) {}

  [[nodiscard]] Ledger& ledger() { return ledger_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] bool is_live() const { return static_cast<bool>(read_interfaces_); }

  // A slot was handed over.
  void CountTaken(const process::SlotProgress& progress);
  // Documents of packets of these times were delivered, now.
  using PacketTime = std::chrono::sys_time<std::chrono::nanoseconds>;
  void CountLag(PacketTime first, PacketTime last, uint64_t documents);
  // At the end: what the interfaces dropped, and what is left in rings that no worker emptied.
  void CountLosses();

  // With what workers say that they have made and not yet handed over.
  [[nodiscard]] Ledger SoFar(const std::vector<process::SlotProgress>& being_filled) const;
  // Lags are those since RestartLags(). REQUIRES: is_live().
  [[nodiscard]] LiveStats Live() const;
  void RestartLags() { lags_ = {}; }

 private:
  void AddLosses(Ledger& ledger) const;

  ReadInterfaces read_interfaces_;
  Ledger ledger_;
  telemetry::LagHistogram lags_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_ACCOUNTING_H_
