// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/settlement.h"

namespace espcap::supervise {

void Settlement::SettleCaptures(CaptureQueue& captures, Sink& sink, const Ledger& ledger,
                                bool is_stopping) {
  captures.Prune([&](const Capture& capture) {
    resume.Note(capture);
    ends.Note(capture, is_stopping);
  });
  resume.RecordNoted(sink, ledger);
  ends.TellNoted(sink);
}

}  // namespace espcap::supervise
