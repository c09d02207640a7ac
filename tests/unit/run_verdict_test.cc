// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/run_verdict.h"

#include <gtest/gtest.h>

namespace espcap::supervise {
namespace {

Ledger Of(uint64_t captured, uint64_t Ledger::*outcome, uint64_t elsewhere = 0) {
  Ledger ledger;
  ledger.captured = captured;
  ledger.*outcome = captured - elsewhere;
  return ledger;
}

Ledger With(uint64_t Ledger::*outcome) {
  Ledger ledger = Of(10, &Ledger::indexed, 3);
  ledger.*outcome += 3;
  return ledger;
}

Ledger Quarantined(Ledger ledger, uint64_t packets) {
  ledger.quarantined = packets;
  return ledger;
}

TEST(RunVerdict, IsAFunctionOfTheRunsEnd) {
  using Status = ExitStatus;
  const Ledger kDelivered = Of(10, &Ledger::indexed);
  struct Case {
    const char* what;
    RunEnd end;
    Status status;
    const char* missing = "";
  };
  const Case cases[] = {
      {"all delivered", {.ledger = kDelivered}, Status::kComplete},
      {"no packets in a capture", {}, Status::kComplete},
      {"stopped, all delivered", {.ledger = kDelivered, .was_stopped = true}, Status::kComplete},
      {"there already", {.ledger = With(&Ledger::already_there)}, Status::kComplete},
      {"written", {.ledger = With(&Ledger::written)}, Status::kComplete},
      {"in the spool", {.ledger = With(&Ledger::spooled)}, Status::kComplete},
      {"not selected", {.ledger = With(&Ledger::filtered)}, Status::kComplete},
      {"duplicates", {.ledger = With(&Ledger::duplicates)}, Status::kComplete},

      {"dead letters",
       {.ledger = With(&Ledger::dead_lettered)},
       Status::kIncomplete,
       "3 dead letters"},
      {"quarantined, which is outside the sum",
       {.ledger = Quarantined(kDelivered, 3)},
       Status::kIncomplete,
       "3 quarantined"},
      {"failed", {.ledger = With(&Ledger::failed)}, Status::kIncomplete, "3 failed"},
      {"dropped", {.ledger = With(&Ledger::dropped)}, Status::kIncomplete, "3 dropped"},
      {"the kernel's buffer was full",
       {.ledger = With(&Ledger::kernel_dropped)},
       Status::kIncomplete,
       "3 dropped by the kernel"},
      {"the interface dropped",
       {.ledger = With(&Ledger::interface_dropped)},
       Status::kIncomplete,
       "3 dropped by the interface"},
      {"rings were full",
       {.ledger = With(&Ledger::ring_dropped)},
       Status::kIncomplete,
       "3 dropped by full rings"},
      {"abandoned",
       {.ledger = With(&Ledger::abandoned), .was_stopped = true},
       Status::kIncomplete,
       "3 abandoned"},
      {"one damaged file of several",
       {.ledger = kDelivered, .faulty_captures = 1, .errors = 1},
       Status::kIncomplete,
       "1 capture with errors"},
      {"damaged files",
       {.ledger = With(&Ledger::failed), .faulty_captures = 2, .errors = 4},
       Status::kIncomplete,
       "3 failed, 2 captures with errors"},
      {"another error",
       {.ledger = kDelivered, .errors = 1},
       Status::kIncomplete,
       "see the errors before"},
      {"a packet without an outcome",
       {.ledger = Of(2, &Ledger::indexed, 1)},
       Status::kIncomplete,
       "the ledger doesn't balance, which is a bug in espcap: 2 packets came in, 1 have an "
       "outcome"},
      {"stopped before the only capture could be read",
       {.was_stopped = true, .faulty_captures = 1, .errors = 1},
       Status::kIncomplete,
       "1 capture with errors"},

      {"a file could not be read",
       {.faulty_captures = 1, .unreadable_files = 1, .errors = 1},
       Status::kIncomplete,
       "1 capture with errors"},
      {"no capture could be read",
       {.faulty_captures = 1, .errors = 1},
       Status::kNothingRan,
       "1 capture with errors"},
      {"the input was lost before the destination was there",
       {.ledger = Of(5, &Ledger::abandoned), .had_output = false, .input_lost = true},
       Status::kEndedUnasked,
       "5 abandoned"},
      {"the destination was never there",
       {.ledger = Of(5, &Ledger::abandoned), .had_output = false, .output_failed = true},
       Status::kNothingRan},
      {"nothing arrives any more, before there was a destination",
       {.had_output = false, .input_ended = true},
       Status::kComplete},
      {"nothing arrives any more, and the destination failed",
       {.had_output = false, .input_ended = true, .output_failed = true},
       Status::kNothingRan},
      {"stopped while the server was waited for",
       {.had_output = false, .was_stopped = true},
       Status::kComplete},
      {"the server could not be prepared after a stop",
       {.had_output = false, .was_stopped = true, .output_failed = true},
       Status::kNothingRan},
      {"the server refused from the first document on",
       {.ledger = Of(5, &Ledger::abandoned), .output_failed = true, .is_remote = true},
       Status::kNothingRan},

      {"the server refused later",
       {.ledger = With(&Ledger::abandoned), .output_failed = true, .is_remote = true},
       Status::kEndedUnasked,
       "3 abandoned"},
      {"a full disk",
       {.ledger = Of(5, &Ledger::failed), .output_failed = true},
       Status::kEndedUnasked,
       "5 failed"},
      {"the reader had enough",
       {.ledger = kDelivered, .output_failed = true},
       Status::kEndedUnasked},
      {"no process makes workers any more",
       {.ledger = kDelivered, .input_lost = true},
       Status::kEndedUnasked},
      {"the same, after a stop",
       {.ledger = kDelivered, .was_stopped = true, .input_lost = true, .errors = 1},
       Status::kIncomplete,
       "see the errors before"},
      {"its reader didn't read on after a stop",
       {.ledger = With(&Ledger::abandoned), .was_stopped = true, .output_failed = true},
       Status::kIncomplete,
       "3 abandoned"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    const RunVerdict verdict = VerdictOf(c.end);
    EXPECT_EQ(verdict.status, c.status);
    EXPECT_EQ(verdict.missing, c.missing);
  }
}

TEST(RunVerdict, TheLastLineNamesWhatIsMissing) {
  EXPECT_EQ(VerdictLine({ExitStatus::kComplete, ""}), "");
  EXPECT_EQ(VerdictLine({ExitStatus::kNothingRan, "1 capture with errors"}), "");
  EXPECT_EQ(VerdictLine({ExitStatus::kIncomplete, "3 abandoned"}),
            "something is missing (status 2): 3 abandoned");
  EXPECT_EQ(VerdictLine({ExitStatus::kEndedUnasked, ""}),
            "the run ended before its time (status 3)");
  EXPECT_EQ(VerdictLine({ExitStatus::kEndedUnasked, "3 failed"}),
            "the run ended before its time (status 3); missing: 3 failed");
}

}  // namespace
}  // namespace espcap::supervise
