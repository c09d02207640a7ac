// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where every captured packet went. Each packet ends in exactly one of the outcomes, so that
//   captured = filtered + written + indexed + already_there + failed + abandoned
// holds at the end of every run; Balanced() is asserted there and in the tests.
#ifndef ESPCAP_LEDGER_H_
#define ESPCAP_LEDGER_H_

#include <cstdint>

namespace espcap {

struct Ledger {
  uint64_t captured = 0;       // taken from the source, after the capture filter
  uint64_t filtered = 0;       // dissected, not selected by the display filter
  uint64_t written = 0;        // to standard output or a file
  uint64_t indexed = 0;        // created in Elasticsearch
  uint64_t already_there = 0;  // the same document was indexed before
  uint64_t failed = 0;         // refused by the destination, or not taken by it
  uint64_t abandoned = 0;      // captured, but the run ended before they could be sent

  [[nodiscard]] bool Balanced() const {
    return captured == filtered + written + indexed + already_there + failed + abandoned;
  }
};

}  // namespace espcap

#endif  // ESPCAP_LEDGER_H_
