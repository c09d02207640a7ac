// SPDX-License-Identifier: GPL-2.0-or-later
//
// The supervisor's side of its workers: they are started, given slots, heard, and replaced.
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "pipeline.h"
#include "supervise/death_policy.h"

namespace espcap {

using process::Job;
using process::Outcome;
using process::WorkerMessage;
using supervise::Capture;
using supervise::Part;

namespace {

std::string DescribeEnd(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return fmt::format("ended by signal {} ({})", WTERMSIG(wait_status),
                       strsignal(WTERMSIG(wait_status)));
  }
  return fmt::format("ended with status {}", WEXITSTATUS(wait_status));
}

}  // namespace

uint32_t Pipeline::FreeSeat() const {
  uint32_t seat = 0;
  const auto is_taken = [&](const Worker& worker) {
    return worker.part->job.role != Job::Role::kReadStream && worker.part->job.seat == seat;
  };
  while (std::any_of(workers_.begin(), workers_.end(), is_taken)) ++seat;
  return seat;
}

// Whoever only reads a stream leaves the processor to others.
size_t Pipeline::AtDissection() const {
  return static_cast<size_t>(std::count_if(
      workers_.begin(), workers_.end(),
      [](const Worker& worker) { return worker.part->job.role != Job::Role::kReadStream; }));
}

void Pipeline::StartWorkers() {
  while (!sink_failed_ && AtDissection() < options_.workers) {
    const bool is_reached = options_.packet_limit != 0 && ledger_.captured >= options_.packet_limit;
    if (is_reached && captures_.NoneReady()) return EndIntake();
    Part* part = captures_.Next();
    if (part == nullptr) return;
    Job& job = part->job;
    if (options_.packet_limit != 0) {
      uint64_t& left = part->capture->packet_limit;
      if (left == 0) left = options_.packet_limit - ledger_.captured;
      job.packet_limit = left;
    }
    if (job.role != Job::Role::kReadStream) {
      job.seat = FreeSeat();
      slots_->SetDissecting(job.seat, 0);
    }
    auto channel = zygote_->Fork(job);
    if (!channel) return FailSink(channel.error().message);  // nothing can be taken any more
    workers_.push_back({std::move(*channel), part, 0, false, std::nullopt, std::nullopt});
  }
}

// Ordered, a slot is always left for the capture whose documents are next: otherwise later ones
// could hold them all and wait for it.
void Pipeline::GrantSlots() {
  for (Worker& worker : workers_) {
    const bool first = !options_.ordered || captures_.IsFirst(*worker.part->capture);
    if (!worker.wants_slot || free_slots_.size() < (first ? 1U : 2U)) continue;
    const uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    slot_captures_[slot] = worker.part->capture;
    slots_->Begin(slot);
    worker.wants_slot = false;
    worker.slot = slot;
    static_cast<void>(worker.channel.Send(process::GrantedSlot{slot}));
  }
}

// A capture's shards get one answer.
void Pipeline::AnswerFingerprint(Worker& worker, const Fingerprint& fingerprint) {
  Capture& capture = *worker.part->capture;
  if (!capture.fingerprint) {
    capture.fingerprint = fingerprint;
    capture.settled_before = resume_ != nullptr && resume_->Contains(fingerprint);
    if (capture.settled_before) {
      ++skipped_captures_;
      log_.Verbose(fmt::format("{}: settled by an earlier run; skipped", *capture.name));
    }
  }
  static_cast<void>(worker.channel.Send(process::Verdict{capture.settled_before}));
}

void Pipeline::TakeMessage(Worker& worker) {
  const auto message = worker.channel.Receive<WorkerMessage>();
  if (!message) return EndWorker(worker);
  switch (message->kind) {
    case WorkerMessage::Kind::kWantsSlot:
      worker.wants_slot = true;
      break;
    case WorkerMessage::Kind::kSlotReady:
      TakeSlot(worker);
      break;
    case WorkerMessage::Kind::kFingerprint:
      AnswerFingerprint(worker, message->fingerprint);
      break;
    case WorkerMessage::Kind::kNote:
      Log(message->note);
      break;
    case WorkerMessage::Kind::kDone:
      worker.outcome = message->outcome;
  }
}

// What the worker has put into its slot becomes the supervisor's: counted, and on its way.
void Pipeline::TakeSlot(Worker& worker) {
  if (!worker.slot) return;
  const uint32_t slot = *std::exchange(worker.slot, std::nullopt);
  Part& part = *worker.part;
  const process::SlotProgress progress = slots_->Progress(slot);
  ledger_.captured += progress.captured;
  ledger_.filtered += progress.filtered;
  ledger_.failed += progress.failed;
  part.bytes_read = std::max(part.bytes_read, progress.source_bytes);
  part.job.settled_frame = std::max(part.job.settled_frame, progress.last_frame);
  part.capture->refused |= progress.failed > 0;
  if (progress.documents > 0) {
    part.capture->batches.push_back(slots_->View(slot, part.capture->name));
  } else {
    free_slots_.push_back(slot);
  }
}

void Pipeline::EndWorker(Worker& worker) {
  TakeSlot(worker);
  worker.channel.Close();
  Part& part = *worker.part;
  if (part.job.role == Job::Role::kReadStream) {
    rings_[part.job.ring]->Close();
    if (!worker.outcome && !stopping_) {
      log_.Error(fmt::format("{}: its reader died; what comes after is lost", *part.capture->name));
    }
    part.ended = true;
    part.whole = worker.outcome == Outcome::kWhole;
    return;
  }
  if (worker.outcome == Outcome::kSessionFull && !sink_failed_) {
    log_.Verbose(fmt::format("{}: a fresh session goes on after packet {}", *part.capture->name,
                             part.job.settled_frame));
    ++sessions_replaced_;
    return captures_.PutBack(part);
  }
  // What a stream's reader has read is delivered even after a stop.
  const bool may_end = stopping_ && (sink_failed_ || part.job.role == Job::Role::kFile);
  if (!worker.outcome && !may_end) return TakeUpAgain(part);
  part.ended = true;
  part.whole = worker.outcome == Outcome::kWhole;
}

// The part's next worker dissects the settled frames for what follows from them, and begins to
// write after them.
void Pipeline::TakeUpAgain(Part& part) {
  const std::string& name = *part.capture->name;
  const uint32_t next = part.job.settled_frame + 1;
  const uint32_t fatal = slots_->Dissecting(part.job.seat);
  const supervise::Death death{++part.deaths, fatal, std::exchange(part.fatal_frame, fatal),
                               part.job.skipped_count};
  switch (supervise::Decide(death)) {
    case supervise::AfterDeath::kGiveUp:
      log_.Error(fmt::format("{}: {} workers died on it; given up before packet {}", name,
                             part.deaths, next));
      part.ended = true;
      return;
    case supervise::AfterDeath::kLeaveOutFrame:
      log_.Error(
          fmt::format("{}: packet {} ends every process that dissects it; left out", name, fatal));
      part.job.skipped_frames.at(part.job.skipped_count++) = fatal;
      break;
    case supervise::AfterDeath::kTakeUpAgain:
      log_.Warning(fmt::format("{}: its worker died; taken up again at packet {}", name, next));
  }
  ++worker_restarts_;
  captures_.PutBack(part);
}

void Pipeline::TakeReport() {
  const auto report = zygote_->Receive();
  if (!report) return FailSink("the dissection process has ended");
  if (report->kind == process::WorkerReport::Kind::kStarted) {
    // Workers start in the order they were asked for.
    for (Worker& worker : workers_) {
      if (worker.process == 0) {
        worker.process = report->process;
        return;
      }
    }
  } else if (report->wait_status != 0 && !stopping_) {
    log_.Warning(fmt::format("worker {} {}", report->process, DescribeEnd(report->wait_status)));
  }
}

}  // namespace espcap
