// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tells how each capture ended, once what was delivered of it outlives a power failure. One thread.
#ifndef ESPCAP_SUPERVISE_CAPTURE_ENDS_H_
#define ESPCAP_SUPERVISE_CAPTURE_ENDS_H_

#include <functional>
#include <utility>
#include <vector>

#include "espcap/capture_end.h"
#include "espcap/sink.h"
#include "supervise/capture_queue.h"

namespace espcap::supervise {

class CaptureEnds {
 public:
  using Tell = std::function<void(const CaptureEnd&)>;

  // `tell` may be empty: nobody asks.
  explicit CaptureEnds(Tell tell) : tell_(std::move(tell)) {}

  // It is settled. Those of an archive count as the archive's.
  void Note(const Capture& capture, bool is_stopping);
  // What was noted and is not told yet; the sink is borrowed until then.
  void TellNoted(Sink& sink);

 private:
  Tell tell_;
  std::vector<CaptureEnd> noted_;
  bool is_syncing_ = false;
};

// Pure.
CaptureEnd EndOf(const Capture& capture, bool is_stopping);

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_CAPTURE_ENDS_H_
