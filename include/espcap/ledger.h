// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where every packet went, as one document each. It ends in exactly one of the outcomes, so that
//   captured + recovered = filtered + duplicates + written + forwarded + indexed + already_there
//                          + dead_lettered + too_large + spooled + dropped + failed + abandoned
//                          + dropped live
// holds at the end of every run; Balanced() is asserted there and in the tests.
#ifndef ESPCAP_LEDGER_H_
#define ESPCAP_LEDGER_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "espcap/cut_layers.h"

namespace espcap {

struct Ledger {
  uint64_t captured = 0;       // taken from the source, after the capture filter
  uint64_t recovered = 0;      // found in the spool: captured by an earlier run
  uint64_t filtered = 0;       // dissected, not selected by the display filter
  uint64_t duplicates = 0;     // of frames shortly before, and so not dissected
  uint64_t written = 0;        // to standard output or a file
  uint64_t forwarded = 0;      // undissected, to a topic
  uint64_t indexed = 0;        // created in Elasticsearch
  uint64_t already_there = 0;  // the same document was indexed before
  uint64_t dead_lettered = 0;  // refused for good by the server, kept in a file
  uint64_t too_large = 0;      // more than a message of the topic may be
  uint64_t spooled = 0;        // kept on disk for the next run
  uint64_t dropped = 0;        // neither the server nor the spool could take them
  uint64_t failed = 0;         // lost otherwise: a destination that failed, a damaged spool
  uint64_t abandoned = 0;      // captured, but the run ended before they could be sent
  // Live only: came to an interface and matched the capture filter, but no worker had them.
  uint64_t kernel_dropped = 0;     // its buffer was full
  uint64_t interface_dropped = 0;  // by the interface or its driver, as far as they say
  uint64_t ring_dropped = 0;       // the way to the dissecting worker was full

  uint64_t cut = 0;      // no outcome: of those captured, documents cut to what a server takes
  CutLayers cut_layers;  // whose they are

  // No outcome either: of the documents, those in the place of one that couldn't be made, since the
  // frame's dissection ends processes.
  uint64_t quarantined = 0;

  // Every outcome once, under the name that metrics give it.
  struct Outcome;
  static const std::array<Outcome, 15> kOutcomes;

  [[nodiscard]] inline uint64_t Settled() const;
  // Documents that the destination will not have of itself.
  [[nodiscard]] uint64_t Undelivered() const {
    return dead_lettered + too_large + dropped + failed + abandoned;
  }
  // Captured or recovered, and without an outcome so far.
  [[nodiscard]] uint64_t UnderWay() const {
    const uint64_t taken = captured + recovered;
    return taken - std::min(taken, Settled());
  }
  [[nodiscard]] bool Balanced() const { return captured + recovered == Settled(); }
};

struct Ledger::Outcome {
  std::string_view name;
  uint64_t Ledger::*packets;
};

inline constexpr std::array<Ledger::Outcome, 15> Ledger::kOutcomes = {{
    {"filtered", &Ledger::filtered},
    {"duplicates", &Ledger::duplicates},
    {"written", &Ledger::written},
    {"forwarded", &Ledger::forwarded},
    {"indexed", &Ledger::indexed},
    {"already_there", &Ledger::already_there},
    {"dead_lettered", &Ledger::dead_lettered},
    {"too_large", &Ledger::too_large},
    {"spooled", &Ledger::spooled},
    {"dropped", &Ledger::dropped},
    {"failed", &Ledger::failed},
    {"abandoned", &Ledger::abandoned},
    {"kernel_dropped", &Ledger::kernel_dropped},
    {"interface_dropped", &Ledger::interface_dropped},
    {"ring_dropped", &Ledger::ring_dropped},
}};

uint64_t Ledger::Settled() const {
  uint64_t packets = 0;
  for (const Outcome& outcome : kOutcomes) packets += this->*outcome.packets;
  return packets;
}

}  // namespace espcap

#endif  // ESPCAP_LEDGER_H_
