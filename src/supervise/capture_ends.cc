// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/capture_ends.h"

namespace espcap::supervise {
namespace {

// Of a capture that has no error in the log.
const char* UnsaidFailure(const Capture& capture) {
  if (capture.delivery < Delivery::kAcknowledged) return "not every document was delivered";
  return "it was not read to its end";
}

}  // namespace

CaptureEnd EndOf(const Capture& capture, bool is_stopping) {
  CaptureEnd end;
  end.name = *capture.name;
  end.packets = capture.packets;
  const bool is_delivered =
      capture.delivery >= Delivery::kDeadLettered && capture.delivery != Delivery::kSpooled;
  if (capture.Complete() && capture.fault.empty() && is_delivered) {
    end.kind = CaptureEnd::Kind::kDone;
  } else if (!is_stopping) {
    end.kind = CaptureEnd::Kind::kFailed;
    end.failure = capture.fault.empty() ? UnsaidFailure(capture) : capture.fault;
  }
  return end;
}

void CaptureEnds::Note(const Capture& capture, bool is_stopping) {
  if (tell_ && capture.archive == nullptr) noted_.push_back(EndOf(capture, is_stopping));
}

// What can't be synced is not told: it is as if the run had ended before.
void CaptureEnds::TellNoted(Sink& sink) {
  if (is_syncing_ || noted_.empty()) return;
  is_syncing_ = true;
  sink.Sync([this, ends = std::exchange(noted_, {})](const Result<void>& synced) {
    is_syncing_ = false;
    for (CaptureEnd end : ends) {
      if (!synced) end.kind = CaptureEnd::Kind::kInterrupted;
      tell_(end);
    }
  });
}

}  // namespace espcap::supervise
