// SPDX-License-Identifier: GPL-2.0-or-later
//
// The end of the road: something that takes batches. One thread calls it.
#ifndef ESPCAP_SINK_H_
#define ESPCAP_SINK_H_

#include "espcap/batch.h"
#include "espcap/ledger.h"
#include "espcap/result.h"

namespace espcap {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // Takes the documents of `batch` and leaves it empty, with memory to fill again. Waits while too
  // much is under way: that is the back-pressure. Every document is counted once in the ledger
  // here or in Drain(). An error means the destination is gone and the run should end.
  [[nodiscard]] virtual Result<void> Submit(Batch& batch, Ledger& ledger) = 0;

  // Lets work under way go on without waiting for it; cheap enough to call for every packet.
  [[nodiscard]] virtual Result<void> Poll(Ledger& ledger) = 0;

  // Waits until everything submitted is settled.
  [[nodiscard]] virtual Result<void> Drain(Ledger& ledger) = 0;
};

}  // namespace espcap

#endif  // ESPCAP_SINK_H_
