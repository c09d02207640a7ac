// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run's end says to its user. Pure.
#ifndef ESPCAP_SUPERVISE_RUN_VERDICT_H_
#define ESPCAP_SUPERVISE_RUN_VERDICT_H_

#include <cstdint>
#include <string>

#include "espcap/exit_status.h"
#include "espcap/ledger.h"

namespace espcap::supervise {

struct RunEnd {
  Ledger ledger = {};
  bool had_output = true;    // the destination was ready, if only once
  bool was_stopped = false;  // first of all, as asked: by a signal, --duration, --count
  bool input_ended = false;  // where files arrive: none does any more, and there may have been none
  bool input_lost = false;   // a process or folder that packets come through is gone
  bool output_failed = false;  // the destination, or its reader is gone
  bool is_remote = false;
  uint64_t faulty_captures = 0;   // whose packets may not all be there
  uint64_t unreadable_files = 0;  // of these
  uint64_t errors = 0;            // in the log
};

struct RunVerdict {
  ExitStatus status = ExitStatus::kComplete;
  std::string missing;  // "20 dead letters, 1 capture with errors"; empty: nothing is
};

RunVerdict VerdictOf(const RunEnd& end);

// The last line of a run that isn't complete; empty for one that is, or that did nothing.
std::string VerdictLine(const RunVerdict& verdict);

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_RUN_VERDICT_H_
