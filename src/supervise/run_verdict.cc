// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/run_verdict.h"

#include <fmt/format.h>

#include <string_view>

namespace espcap::supervise {
namespace {

struct Loss {
  std::string_view name;
  uint64_t Ledger::*packets;
};

constexpr Loss kLosses[] = {
    {"dead letters", &Ledger::dead_lettered},
    {"too large", &Ledger::too_large},
    {"quarantined", &Ledger::quarantined},
    {"failed", &Ledger::failed},
    {"dropped", &Ledger::dropped},
    {"dropped by the kernel", &Ledger::kernel_dropped},
    {"dropped by the interface", &Ledger::interface_dropped},
    {"dropped by full rings", &Ledger::ring_dropped},
    {"abandoned", &Ledger::abandoned},
};

std::string Missing(const RunEnd& end) {
  std::string missing;
  const auto add = [&missing](const std::string& part) {
    missing += (missing.empty() ? "" : ", ") + part;
  };
  for (const auto& [name, packets] : kLosses) {
    if (end.ledger.*packets > 0) add(fmt::format("{} {}", end.ledger.*packets, name));
  }
  if (end.faulty_captures > 0) {
    add(fmt::format("{} {} with errors", end.faulty_captures,
                    end.faulty_captures == 1 ? "capture" : "captures"));
  }
  if (!end.ledger.Balanced()) {
    add(
        fmt::format("the ledger doesn't balance, which is a bug in espcap: {} packets came in, {} "
                    "have an outcome",
                    end.ledger.captured + end.ledger.recovered, end.ledger.Settled()));
  }
  if (missing.empty() && end.errors > 0) add("see the errors before");
  return missing;
}

}  // namespace

RunVerdict VerdictOf(const RunEnd& end) {
  const Ledger& ledger = end.ledger;
  const bool was_accepted = ledger.indexed + ledger.already_there + ledger.written +
                                ledger.forwarded + ledger.dead_lettered + ledger.spooled >
                            0;
  const bool was_refused = end.is_remote && end.output_failed && !was_accepted;
  const bool has_packets = ledger.captured + ledger.recovered > 0;
  const bool never_began =
      !end.had_output &&
      (end.output_failed || (!end.was_stopped && !end.input_ended && !has_packets));
  if (never_began || was_refused) return {ExitStatus::kNothingRan, {}};
  RunVerdict verdict{ExitStatus::kComplete, Missing(end)};
  const bool had_input = has_packets || end.unreadable_files > 0;
  if ((end.input_lost || end.output_failed) && !end.was_stopped) {
    verdict.status = ExitStatus::kEndedUnasked;
  } else if (!had_input && !end.was_stopped && !verdict.missing.empty()) {
    verdict.status = ExitStatus::kNothingRan;
  } else if (!verdict.missing.empty()) {
    verdict.status = ExitStatus::kIncomplete;
  }
  return verdict;
}

std::string VerdictLine(const RunVerdict& verdict) {
  switch (verdict.status) {
    case ExitStatus::kComplete:
    case ExitStatus::kNothingRan:
      return {};
    case ExitStatus::kIncomplete:
      return "something is missing (status 2): " + verdict.missing;
    case ExitStatus::kEndedUnasked:
      return "the run ended before its time (status 3)" +
             (verdict.missing.empty() ? "" : "; missing: " + verdict.missing);
  }
  return {};
}

}  // namespace espcap::supervise
