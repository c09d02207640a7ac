// SPDX-License-Identifier: GPL-2.0-or-later
//
// The supervisor's side of its workers: they are started, given slots, heard, and replaced.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
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
    return worker.part->job.Dissects() && worker.part->job.seat == seat;
  };
  while (std::any_of(workers_.begin(), workers_.end(), is_taken)) ++seat;
  return seat;
}

size_t Pipeline::AtDissection() const {
  return static_cast<size_t>(
      std::count_if(workers_.begin(), workers_.end(),
                    [](const Worker& worker) { return worker.part->job.Dissects(); }));
}

void Pipeline::StartWorkers() {
  while (!sink_failed_ && (AtDissection() < options_.workers || captures_.NextOnlyReads())) {
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
    job.value_bytes = value_bytes_;
    if (job.Dissects()) {
      job.seat = FreeSeat();
      slots_->SetDissecting(job.seat, 0);
    }
    auto channel = zygote_->Fork(job);
    if (!channel) return FailSink(channel.error().message);  // nothing can be taken any more
    workers_.push_back({std::move(*channel), part, 0, false, false, std::nullopt, std::nullopt});
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
    case WorkerMessage::Kind::kWantsFile:
      GrantFile(worker);
      break;
    case WorkerMessage::Kind::kOpened:
      TakeOpened(worker, message->note);
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
  ledger_.cut += progress.cut;
  part.bytes_read = std::max(part.bytes_read, progress.source_bytes);
  // A stream's numbers may have begun anew.
  if (progress.last_frame != 0) part.job.settled_frame = progress.last_frame;
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
  if (!part.job.Dissects()) return EndReader(worker);
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

// The part's rings are closed when nobody puts anything into them any more.
void Pipeline::EndReader(Worker& worker) {
  Part& part = *worker.part;
  const bool is_capture = part.job.role == Job::Role::kCapture;
  const std::string& name = is_capture ? part.job.path.data() : *part.capture->name;
  if (worker.outcome == Outcome::kInterfaceBack && !stopping_) {
    log_.Warning(fmt::format("{} can be captured again", name));
    return captures_.PutBack(part);
  }
  if (!worker.outcome && !stopping_) {
    if (is_capture && ++part.deaths <= supervise::kMaxDeaths) {
      log_.Error(fmt::format(
          "{}: its capture process died; what it had not read is lost, another one goes on", name));
      return captures_.PutBack(part);
    }
    log_.Error(fmt::format("{}: its reader died; what comes after is lost", name));
  }
  part.ended = true;
  part.whole = worker.outcome == Outcome::kWhole;
  if (part.capture->ReadToItsEnd()) CloseRings(*part.capture);
}

void Pipeline::CloseRings(const Capture& capture) {
  for (const Part& part : capture.parts) {
    if (part.job.role == Job::Role::kDissectStream) rings_[part.job.ring]->Close();
  }
}

// The capture process has no right to any folder.
void Pipeline::GrantFile(Worker& worker) {
  const live::Options& live = options_.capture.live;
  const Job& job = worker.part->job;
  std::string source = live.interfaces.size() > 1 ? job.path.data() : "";
  if (live.fanout.processes > 1) {
    source += fmt::format("{}{}", source.empty() ? "" : "-", job.member + 1);
  }
  RawFiles& files = raw_files_[source];
  const std::string path = live::RawFileName(live.raw, source, ++files.begun, std::time(nullptr));
  const base::FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.valid()) {
    files.kept.push_back(path);
  } else {
    const std::string reason =
        fmt::format("--write {}: {}", path, std::generic_category().message(errno));
    if (running_) log_.Error(reason);
    failure_ = reason;
  }
  static_cast<void>(worker.channel.Send(process::GrantedFile{file.valid()}, file.get()));
  while (live.raw.files != 0 && files.kept.size() > live.raw.files) {
    ::unlink(files.kept.front().c_str());
    files.kept.pop_front();
  }
}

// A failure at the start is Start()'s; later, the interface is lost to the run.
void Pipeline::TakeOpened(Worker& worker, const process::Note& failure) {
  const std::string text(failure.Text());
  worker.opened = true;
  if (text.empty()) {
    return log_.Verbose(fmt::format("capturing on {}", worker.part->job.path.data()));
  }
  if (running_) return log_.Error(text);
  failure_ = text;
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
