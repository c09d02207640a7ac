// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/batch_dispatcher.h"

#include <algorithm>

namespace espcap::supervise {

Result<void> BatchDispatcher::Offer(Sink& sink) {
  for (Capture& capture : captures_.captures()) {
    while (!capture.batches.empty() && kept_.Get(capture.batches.front()).is_ready &&
           sink.Ready()) {
      const uint32_t id = capture.batches.front();
      capture.batches.pop_front();
      ++capture.at_sink;
      if (auto submitted = sink.Submit(kept_.View(id), accounting_.ledger()); !submitted) {
        return submitted;
      }
    }
    if (ordered_ && !(capture.Ended() && capture.batches.empty())) break;
  }
  return {};
}

void BatchDispatcher::SettleDelivered(Sink& sink) {
  for (const DeliveryEvent& event : sink.DrainEvents()) {
    const KeptBatches::Kept& kept = kept_.Get(event.slot);
    Capture& capture = *kept.capture;
    --capture.at_sink;
    capture.NoteDelivery(event.delivery, accounting_.ledger().Undelivered());
    if (capture.messages != nullptr) capture.messages->NoteSettled(kept.messages, event.delivery);
    if (event.delivery != Delivery::kFailed && accounting_.is_live()) {
      accounting_.CountLag(kept.first_time, kept.last_time, kept.checked.packets());
    }
    kept_.Remove(event.slot);
  }
}

void BatchDispatcher::Abandon() {
  for (Capture& capture : captures_.captures()) {
    for (const uint32_t id : capture.batches) {
      accounting_.ledger().abandoned += kept_.Get(id).checked.packets();
      kept_.Remove(id);
    }
    if (!capture.batches.empty()) capture.delivery = Delivery::kFailed;
    capture.batches.clear();
  }
}

bool BatchDispatcher::AllReady() const {
  const auto& captures = captures_.captures();
  return std::all_of(captures.begin(), captures.end(), [this](const Capture& capture) {
    return std::all_of(capture.batches.begin(), capture.batches.end(),
                       [this](uint32_t id) { return kept_.Get(id).is_ready; });
  });
}

size_t BatchDispatcher::queued() const {
  size_t queued = 0;
  for (const Capture& capture : captures_.captures()) queued += capture.batches.size();
  return queued;
}

}  // namespace espcap::supervise
