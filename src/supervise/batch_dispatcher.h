// SPDX-License-Identifier: GPL-2.0-or-later
//
// Hands batches to the sink, in the order that the run asks for, and lets go of them once they are
// settled. One thread.
#ifndef ESPCAP_SUPERVISE_BATCH_DISPATCHER_H_
#define ESPCAP_SUPERVISE_BATCH_DISPATCHER_H_

#include <cstddef>

#include "espcap/result.h"
#include "espcap/sink.h"
#include "supervise/accounting.h"
#include "supervise/capture_queue.h"
#include "supervise/kept_batches.h"

namespace espcap::supervise {

class BatchDispatcher {
 public:
  // All is borrowed. `ordered`: a capture's documents come after those of the one before.
  BatchDispatcher(CaptureQueue& captures, KeptBatches& kept, Accounting& accounting, bool ordered)
      : captures_(captures), kept_(kept), accounting_(accounting), ordered_(ordered) {}

  // As much as the sink can accept. An error is the sink's.
  Result<void> Offer(Sink& sink);
  // What the sink says of batches: they are gone.
  void SettleDelivered(Sink& sink);
  // What no sink has is given up.
  void Abandon();

  // Nothing more is done to what no sink has.
  [[nodiscard]] bool AllReady() const;
  [[nodiscard]] size_t queued() const;

 private:
  CaptureQueue& captures_;
  KeptBatches& kept_;
  Accounting& accounting_;
  bool ordered_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_BATCH_DISPATCHER_H_
