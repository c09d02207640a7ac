// SPDX-License-Identifier: GPL-2.0-or-later
//
// Takes full batches to the sink, in the order that the run asks for, and settles their slots. One
// thread.
#ifndef ESPCAP_SUPERVISE_BATCH_DISPATCHER_H_
#define ESPCAP_SUPERVISE_BATCH_DISPATCHER_H_

#include <cstdint>

#include "espcap/result.h"
#include "espcap/sink.h"
#include "supervise/accounting.h"
#include "supervise/capture_queue.h"
#include "supervise/slot_pool.h"

namespace espcap::supervise {

class BatchDispatcher {
 public:
  // All is borrowed. `ordered`: a capture's documents come after those of the one before.
  BatchDispatcher(CaptureQueue& captures, SlotPool& slots, Accounting& accounting, bool ordered)
      : captures_(captures), slots_(slots), accounting_(accounting), ordered_(ordered) {}

  // A worker has handed a slot of its part over: it is counted, and its batch waits for the sink.
  void Take(Part& part, uint32_t slot);
  // Whether a worker of this capture may have a free slot. Ordered, one is always left for the
  // capture whose documents are next: otherwise later ones could hold them all and wait for it.
  [[nodiscard]] bool MayGrant(const Capture& capture) const;

  // As much as the sink can take. An error is the sink's.
  Result<void> Offer(Sink& sink);
  // What the sink says of batches: their slots are free.
  void TakeDeliveries(Sink& sink);
  // What no sink has is given up.
  void Abandon();

  [[nodiscard]] size_t queued() const;

 private:
  CaptureQueue& captures_;
  SlotPool& slots_;
  Accounting& accounting_;
  bool ordered_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_BATCH_DISPATCHER_H_
