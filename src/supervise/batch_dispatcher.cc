// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/batch_dispatcher.h"

#include <algorithm>
#include <utility>

namespace espcap::supervise {

void BatchDispatcher::Take(Part& part, uint32_t slot) {
  const process::SlotProgress progress = slots_.Progress(slot);
  accounting_.CountTaken(progress);
  part.bytes_read = std::max(part.bytes_read, progress.source_bytes);
  // A stream's numbers may have begun anew.
  if (progress.last_frame != 0) part.job.settled_frame = progress.last_frame;
  part.capture->refused |= progress.failed > 0;
  if (progress.documents > 0) {
    part.capture->batches.push_back(slots_.View(slot));
  } else {
    slots_.Release(slot);
  }
}

bool BatchDispatcher::MayGrant(const Capture& capture) const {
  const bool is_next = !ordered_ || captures_.IsFirst(capture);
  return slots_.free() >= (is_next ? 1U : 2U);
}

Result<void> BatchDispatcher::Offer(Sink& sink) {
  for (Capture& capture : captures_.captures()) {
    while (!capture.batches.empty() && sink.Ready()) {
      Batch batch = std::move(capture.batches.front());
      capture.batches.pop_front();
      ++capture.at_sink;
      if (auto submitted = sink.Submit(std::move(batch), accounting_.ledger()); !submitted) {
        return submitted;
      }
    }
    if (ordered_ && !(capture.Ended() && capture.batches.empty())) break;
  }
  return {};
}

void BatchDispatcher::TakeDeliveries(Sink& sink) {
  for (const DeliveryEvent& event : sink.TakeEvents()) {
    Capture& capture = slots_.CaptureOf(event.slot);
    --capture.at_sink;
    capture.refused |= !event.delivered;
    if (event.delivered && accounting_.is_live()) {
      accounting_.CountLag(slots_.Progress(event.slot));
    }
    slots_.Release(event.slot);
  }
}

void BatchDispatcher::Abandon() {
  for (Capture& capture : captures_.captures()) {
    for (const Batch& batch : capture.batches) {
      accounting_.ledger().abandoned += batch.documents.size();
    }
    capture.batches.clear();
  }
}

size_t BatchDispatcher::queued() const {
  size_t queued = 0;
  for (const Capture& capture : captures_.captures()) queued += capture.batches.size();
  return queued;
}

}  // namespace espcap::supervise
