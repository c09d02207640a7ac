// SPDX-License-Identifier: GPL-2.0-or-later
//
// What follows when captures are settled: they leave the queue, those who keep account of them are
// told, and what is to outlive the run is recorded. One thread.
#ifndef ESPCAP_SUPERVISE_SETTLEMENT_H_
#define ESPCAP_SUPERVISE_SETTLEMENT_H_

#include <utility>

#include "base/write_thread.h"
#include "espcap/ledger.h"
#include "espcap/sink.h"
#include "resume/resume_state.h"
#include "resume/settled_files.h"
#include "supervise/capture_ends.h"
#include "supervise/capture_queue.h"
#include "supervise/message_ends.h"
#include "supervise/resume_tracker.h"
#include "telemetry/log.h"

namespace espcap::supervise {

struct Settlement {
  ResumeTracker resume;
  CaptureEnds ends;
  MessageEnds messages;

  // As ResumeTracker, CaptureEnds and MessageEnds have them.
  Settlement(resume::ResumeState* state, const resume::SettledFiles* files,
             base::WriteThread& writes, telemetry::Log& log, CaptureEnds::Tell tell,
             MessageFeed* feed)
      : resume(state, files, writes, log), ends(std::move(tell)), messages(feed) {}

  // The sink is borrowed until it has synced what was delivered.
  void SettleCaptures(CaptureQueue& captures, Sink& sink, const Ledger& ledger, bool is_stopping);
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_SETTLEMENT_H_
