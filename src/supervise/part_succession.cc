// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/part_succession.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "supervise/death_policy.h"

namespace espcap::supervise {

using process::Job;
using process::Outcome;

void PartSuccession::WorkerEnded(Part& part, std::optional<Outcome> outcome) {
  if (part.job.Dissects()) {
    DissectorEnded(part, outcome);
  } else {
    ReaderEnded(part, outcome);
  }
}

void PartSuccession::DissectorEnded(Part& part, std::optional<Outcome> outcome) {
  if (outcome == Outcome::kSessionLimitReached && !state_.sink_failed) {
    log_.Verbose(fmt::format("{}: a fresh session goes on after packet {}", *part.capture->name,
                             part.job.settled_frame));
    ++state_.sessions_replaced;
    return captures_.PutBack(part);
  }
  // What a stream's reader has read is delivered even after a stop.
  const bool may_end =
      state_.stop.has_value() && (state_.sink_failed || part.job.role == Job::Role::kFile);
  if (!outcome && !may_end) return TakeUpAgain(part);
  part.ended = true;
  part.complete = outcome == Outcome::kComplete;
}

// The part's rings are closed when nobody puts anything into them any more.
void PartSuccession::ReaderEnded(Part& part, std::optional<Outcome> outcome) {
  const bool is_capture = part.job.role == Job::Role::kCapture;
  const std::string& name = is_capture ? part.job.path.data() : *part.capture->name;
  if (outcome == Outcome::kInterfaceBack && !state_.stop) {
    log_.Warning(fmt::format("{} can be captured again", name));
    return captures_.PutBack(part);
  }
  if (!outcome && !state_.stop) {
    if (is_capture && ++part.deaths <= kMaxDeaths) {
      log_.Error(fmt::format(
          "{}: its capture process died; what it had not read is lost, another one goes on", name));
      return captures_.PutBack(part);
    }
    log_.Error(fmt::format("{}: its reader died; what comes after is lost", name));
  }
  part.ended = true;
  part.complete = outcome == Outcome::kComplete;
  if (part.capture->ReadToItsEnd()) CloseRings(*part.capture);
}

void PartSuccession::CloseRings(const Capture& capture) {
  for (const Part& part : capture.parts) {
    if (part.job.role == Job::Role::kDissectStream) rings_[part.job.ring]->Close();
  }
}

// The part's next worker dissects the settled frames for what follows from them, and begins to
// write after them.
void PartSuccession::TakeUpAgain(Part& part) {
  const std::string& name = *part.capture->name;
  const uint32_t next = part.job.settled_frame + 1;
  const uint32_t fatal = slots_[part.job.worker_index]->Dissecting();
  const Death death{++part.deaths, fatal, std::exchange(part.fatal_frame, fatal),
                    part.job.skipped_count};
  switch (Decide(death)) {
    case AfterDeath::kGiveUp:
      log_.Error(fmt::format("{}: {} workers died on it; given up before packet {}", name,
                             part.deaths, next));
      part.ended = true;
      return;
    case AfterDeath::kLeaveOutFrame:
      log_.Error(
          fmt::format("{}: packet {} ends every process that dissects it; left out", name, fatal));
      part.job.skipped_frames.at(part.job.skipped_count++) = fatal;
      break;
    case AfterDeath::kTakeUpAgain:
      log_.Warning(fmt::format("{}: its worker died; taken up again at packet {}", name, next));
  }
  ++state_.worker_restarts;
  captures_.PutBack(part);
}

}  // namespace espcap::supervise
