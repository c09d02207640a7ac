// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/message_ends.h"

#include "supervise/message_stream.h"

namespace espcap::supervise {

void MessageEnds::Note(const Capture& capture) {
  if (capture.messages == nullptr) return;
  for (const int64_t offset : capture.messages->DrainSettled()) {
    noted_.push_back({capture.messages->assignment(), offset});
  }
}

void MessageEnds::NoteEnd(const Capture& capture) {
  if (capture.messages == nullptr) return;
  Note(capture);
  noted_.push_back({capture.messages->assignment(), std::nullopt});
}

// What can't be synced is not told: another run takes it again.
void MessageEnds::TellNoted(Sink& sink) {
  if (is_syncing_ || noted_.empty()) return;
  is_syncing_ = true;
  sink.Sync([this, noted = std::exchange(noted_, {})](const Result<void>& synced) {
    is_syncing_ = false;
    for (const Noted& one : noted) {
      if (!one.offset) {
        feed_->NoteEnd(one.assignment);
      } else if (synced) {
        feed_->Settle(one.assignment, *one.offset);
      }
    }
  });
}

}  // namespace espcap::supervise
