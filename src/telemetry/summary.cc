// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/summary.h"

#include <fmt/format.h>

namespace espcap::telemetry {

std::string FormatLedger(const Ledger& ledger, Destination destination) {
  std::string text = fmt::format("{} packets captured", ledger.captured);
  if (ledger.recovered > 0) text += fmt::format(" and {} from the spool", ledger.recovered);
  if (ledger.filtered > 0) text += fmt::format(", {} not selected", ledger.filtered);
  if (ledger.duplicates > 0) text += fmt::format(", {} duplicates", ledger.duplicates);
  if (destination == Destination::kServer) {
    text += fmt::format(", {} indexed, {} already there", ledger.indexed, ledger.already_there);
  } else if (destination == Destination::kForward) {
    text += fmt::format(", {} forwarded", ledger.forwarded);
  } else {
    text += fmt::format(", {} written", ledger.written);
  }
  if (ledger.too_large > 0) text += fmt::format(", {} too large", ledger.too_large);
  if (ledger.dead_lettered > 0) text += fmt::format(", {} dead letters", ledger.dead_lettered);
  if (ledger.spooled > 0) text += fmt::format(", {} in the spool", ledger.spooled);
  text += fmt::format(", {} failed", ledger.failed);
  if (ledger.dropped > 0) text += fmt::format(", {} dropped", ledger.dropped);
  const auto add_drops = [&text](uint64_t count, const char* by) {
    if (count > 0) text += fmt::format(", {} dropped by {}", count, by);
  };
  add_drops(ledger.kernel_dropped, "the kernel");
  add_drops(ledger.interface_dropped, "the interface");
  add_drops(ledger.ring_dropped, "full rings");
  if (ledger.abandoned > 0) text += fmt::format(", {} abandoned", ledger.abandoned);
  if (ledger.quarantined > 0) text += fmt::format("; {} quarantined", ledger.quarantined);
  if (ledger.cut > 0) {
    text += fmt::format("; {} documents cut to what a server accepts, most by {}", ledger.cut,
                        ledger.cut_layers.Worst());
  }
  return text;
}

std::string FormatSummary(const Ledger& ledger, Destination destination,
                          std::chrono::duration<double> elapsed) {
  const double seconds = elapsed.count();
  const double rate = seconds > 0 ? static_cast<double>(ledger.captured) / seconds : 0;
  return fmt::format("{}; {:.2f} s, {:.0f} packets/s", FormatLedger(ledger, destination), seconds,
                     rate);
}

}  // namespace espcap::telemetry
