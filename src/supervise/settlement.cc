// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/settlement.h"

namespace espcap::supervise {

void Settlement::SettleCaptures(CaptureQueue& captures, Sink& sink, const Ledger& ledger,
                                bool is_stopping) {
  for (const Capture& capture : captures.captures()) messages.Note(capture);
  captures.Prune([&](const Capture& capture) {
    resume.Note(capture);
    ends.Note(capture, is_stopping);
    messages.NoteEnd(capture);
  });
  resume.RecordNoted(sink, ledger);
  ends.TellNoted(sink);
  messages.TellNoted(sink);
}

}  // namespace espcap::supervise
