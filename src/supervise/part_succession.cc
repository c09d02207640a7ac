// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/part_succession.h"

#include <fmt/format.h>

#include <string>
#include <system_error>
#include <utility>

#include "base/backoff.h"
#include "supervise/death_policy.h"

namespace espcap::supervise {

using process::FrameFault;
using process::Job;
using process::Outcome;

void PartSuccession::WorkerEnded(Part& part, const End& end, Clock::time_point now) {
  if (end.start_error != 0) return StartAgain(part, end.start_error, now);
  part.failed_starts = 0;
  if (part.job.Dissects()) {
    DissectorEnded(part, end, now);
  } else {
    ReaderEnded(part, end, now);
  }
}

// A machine without room for a process may have it later.
void PartSuccession::StartAgain(Part& part, int error, Clock::time_point now) {
  constexpr base::Backoff kBackoff{std::chrono::milliseconds(100), std::chrono::milliseconds(5000)};
  if (state_.stop &&
      (!Delivers(state_) || HasNoWorkers(state_) || part.job.role != Job::Role::kDissectStream)) {
    part.ended = true;
    if (!part.job.Dissects() && part.capture->ReadToItsEnd()) CloseRings(*part.capture);
    return;
  }
  log_.Warning(fmt::format("{}: no process can be started: {}; tried again", *part.capture->name,
                           std::generic_category().message(error)));
  PutBack(part, kBackoff.Wait(++part.failed_starts, 1), now);
}

void PartSuccession::DissectorEnded(Part& part, const End& end, Clock::time_point now) {
  if (end.outcome == Outcome::kSessionLimitReached && Delivers(state_) && !HasNoWorkers(state_)) {
    log_.Verbose(fmt::format("{}: a fresh session continues after packet {}", *part.capture->name,
                             part.job.settled_frame));
    ++state_.sessions_replaced;
    BeginFresh(part);
    const uint32_t starts_without_progress = CountStartWithoutProgress(part);
    const auto wait = starts_without_progress < 2
                          ? Clock::duration::zero()
                          : part.deaths.rate.Add(now, starts_without_progress);
    return PutBack(part, wait, now);
  }
  if (end.outcome == Outcome::kPacked && !state_.stop && !part.job.is_unpacked) {
    return unpacked_files_.Await(part);
  }
  // What a stream's reader has read is delivered even after a stop.
  const bool may_end = state_.stop.has_value() && (!Delivers(state_) || HasNoWorkers(state_) ||
                                                   part.job.role != Job::Role::kDissectStream);
  if (!end.outcome && !may_end) return ResumeAfterDeath(part, end.fault, now);
  EndPart(part, end.outcome);
}

void PartSuccession::UnpackerEnded(Part& part, std::optional<Outcome> outcome) {
  if (!outcome && !state_.stop) {
    log_.Error(fmt::format("{}: the process that unpacked it died", *part.capture->name));
  }
  if (outcome == Outcome::kUnreadable) ++state_.unreadable_files;
  if (state_.stop) return EndPart(part, Outcome::kPartial);
  unpacked_files_.End(part, outcome == Outcome::kComplete);
}

void PartSuccession::EndPart(Part& part, std::optional<Outcome> outcome) {
  part.ended = true;
  part.complete = outcome == Outcome::kComplete;
  if (outcome == Outcome::kUnreadable) ++state_.unreadable_files;
  Capture& capture = *part.capture;
  if (!capture.is_without_ids || capture.faulty) return;
  ReportFault(capture, fmt::format("its documents have no ids and are given up: {}",
                                   capture.hash_failure.empty() ? "it is no file any more"
                                                                : capture.hash_failure));
}

// The part's rings are closed when nobody puts anything into them any more.
void PartSuccession::ReaderEnded(Part& part, const End& end, Clock::time_point now) {
  if (part.job.role == Job::Role::kUnpack) return UnpackerEnded(part, end.outcome);
  const bool is_capture = part.job.role == Job::Role::kCapture;
  const std::string& name = is_capture ? part.job.path.data() : *part.capture->name;
  part.job.is_later = true;
  if (end.outcome == Outcome::kInterfaceBack && !state_.stop) {
    log_.Warning(fmt::format("{} can be captured again", name));
    return captures_.PutBack(part);
  }
  if (!end.outcome && !state_.stop) {
    if (is_capture) {
      log_.Error(fmt::format(
          "{}: its capture process died; what it had not read is lost, another one continues",
          name));
      return PutBack(part, part.deaths.rate.Add(now, 1), now);
    }
    log_.Error(fmt::format("{}: its reader died; what comes after is lost", name));
    if (Delivers(state_) && !HasNoWorkers(state_)) state_.input = InputState::kReaderLost;
  }
  EndPart(part, end.outcome);
  if (part.capture->ReadToItsEnd()) CloseRings(*part.capture);
}

void PartSuccession::NoteFault(Capture& capture, std::string_view message) {
  if (std::exchange(capture.faulty, true)) return;
  ++state_.faulty_captures;
  capture.fault = message;
}

void PartSuccession::ReportFault(Capture& capture, const std::string& what) {
  const std::string message = fmt::format("{}: {}", *capture.name, what);
  log_.Error(message);
  NoteFault(capture, message);
}

void PartSuccession::CloseRings(const Capture& capture) {
  for (const Part& part : capture.parts) {
    if (part.job.role == Job::Role::kDissectStream) rings_[part.job.ring]->Close();
  }
}

// Ends of workers since which no frame was settled, in a row.
uint32_t PartSuccession::CountStartWithoutProgress(Part& part) {
  auto& deaths = part.deaths;
  const bool has_progressed =
      deaths.starts_without_progress == 0 || part.job.settled_frame != deaths.settled_frame;
  deaths.settled_frame = part.job.settled_frame;
  deaths.starts_without_progress = has_progressed ? 1 : deaths.starts_without_progress + 1;
  return deaths.starts_without_progress;
}

// A file's next worker dissects the settled frames for what follows from them, and begins to write
// after them.
void PartSuccession::ResumeAfterDeath(Part& part, FrameFault fault, Clock::time_point now) {
  constexpr uint32_t kCarefulFrames = 2000;  // more than a batch may have had
  auto& deaths = part.deaths;
  Job& job = part.job;
  CountStartWithoutProgress(part);
  const bool is_stream = job.DissectsStream();
  fault.frame = slots_[job.worker_index]->Dissecting();
  const Death death{fault.kind, is_stream, fault.frame,
                    std::exchange(deaths.fatal_frame, fault.frame), deaths.starts_without_progress};
  const auto wait = deaths.rate.Add(now, deaths.starts_without_progress);
  job.careful_frames = fault.kind == FrameFault::Kind::kProtocol ? kCarefulFrames : 0;
  switch (Decide(death)) {
    case AfterDeath::kGiveUp:
      ReportFault(*part.capture,
                  fmt::format("{} workers died on it without dissecting a packet; given up",
                              deaths.starts_without_progress));
      part.ended = true;
      return;
    case AfterDeath::kBlameFirst:
      fault.frame = FrameFault::kFirst;
      [[fallthrough]];
    case AfterDeath::kBlameFrame:
      if (MakesNoProgress(part, fault.frame)) fault.frame = FrameFault::kFirst;
      Blame(part, fault);
      break;
    case AfterDeath::kResume:
      log_.Warning(fmt::format("{}: its worker died; taken up again at packet {}",
                               *part.capture->name, job.settled_frame + 1));
  }
  if (part.ended) return;
  if (is_stream) BeginFresh(part);
  if (!is_stream && !job.is_fresh) {
    deaths.repeated.frames += job.settled_frame;
    deaths.repeated.bytes += part.bytes_read;
    if (!two_pass_ && ExceedsRepeatLimit(deaths.repeated, part.capture->bytes)) BeginFresh(part);
  }
  ++state_.worker_restarts;
  PutBack(part, wait, now);
}

// A worker that is taken over can name any frame. Read once, the frame under dissection is the
// first that isn't settled: so each blame brings the part on by a frame.
bool PartSuccession::MakesNoProgress(const Part& part, uint32_t frame) const {
  const Job& job = part.job;
  if (two_pass_) return false;
  if (frame <= job.settled_frame) return job.is_fresh || job.DissectsStream();
  const FrameFault* known = job.faults.Find(frame);
  if (known != nullptr) return known->use == FrameFault::Use::kNothing;
  return part.deaths.has_blamed && part.deaths.blamed_after == job.settled_frame;
}

void PartSuccession::Blame(Part& part, const FrameFault& fault) {
  Job& job = part.job;
  const std::string& name = *part.capture->name;
  if (job.faults.full() && two_pass_) {
    log_.Error(fmt::format("{}: {} packets end processes that dissect them; given up at packet {}",
                           name, process::FrameFaults::kMax, fault.frame));
    part.ended = true;
    return;
  }
  if (job.faults.full()) BeginFresh(part);
  if (job.faults.full()) job.faults.Clear();
  const FrameFault* known = job.faults.Find(fault.frame);
  if (known == nullptr || known->use != FrameFault::Use::kNothing) {
    part.deaths.starts_without_progress = 0;
  }
  part.deaths.has_blamed = true;
  part.deaths.blamed_after = job.settled_frame;
  job.faults.Add(fault);
  const auto* added = job.faults.Find(fault.frame);
  const std::string packet = fault.frame == FrameFault::kFirst
                                 ? fmt::format("the first packet after {}", job.settled_frame)
                                 : fmt::format("packet {}", fault.frame);
  const char* follows =
      added->use == FrameFault::Use::kNothing ? "left out" : "put into quarantine";
  log_.Error(fmt::format("{}: {}: {}; {}", name, packet, DescribeFault(fault), follows));
}

void PartSuccession::BeginFresh(Part& part) {
  Job& job = part.job;
  ++job.session;
  job.is_fresh = true;
  // Settled frames aren't dissected any more.
  job.faults.RemoveUpTo(job.settled_frame);
}

void PartSuccession::PutBack(Part& part, Clock::duration wait, Clock::time_point now) {
  if (wait <= Clock::duration::zero()) return captures_.PutBack(part);
  backing_off_.Add(part, now + wait);
}

}  // namespace espcap::supervise
