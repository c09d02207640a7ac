// SPDX-License-Identifier: GPL-2.0-or-later
#include "pipeline.h"

#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <numeric>
#include <utility>

#include "process/stop_signals.h"
#include "supervise/death_policy.h"

namespace espcap {
namespace {

using process::Job;
using process::Note;
using process::Outcome;
using process::WorkerMessage;
using std::chrono::milliseconds;
using supervise::Capture;
using supervise::Part;

constexpr milliseconds kTick{100};   // how late a signal or the progress line can be seen
constexpr size_t kManyFiles = 32;    // of which each has a worker of its own
constexpr uint32_t kSpareSlots = 2;  // one under way to the destination, one ready to follow

// With many slots each is smaller, so that all of them together, with what is compressed in them,
// stay below four times --chunk-bytes.
process::BatchSlots::Shape ShapeOf(const PipelineOptions& options) {
  const uint32_t count = options.workers + kSpareSlots;
  const size_t share =
      process::BatchSlots::TextShare(options.chunk_bytes * 7 / 2 / count, options.compression);
  return {count, std::min(options.chunk_bytes, share),
          static_cast<uint32_t>(options.chunk_documents), options.compression};
}

std::string DescribeEnd(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return fmt::format("ended by signal {} ({})", WTERMSIG(wait_status),
                       strsignal(WTERMSIG(wait_status)));
  }
  return fmt::format("ended with status {}", WEXITSTATUS(wait_status));
}

}  // namespace

struct Pipeline::Worker {
  process::Channel channel;
  Part* part = nullptr;
  pid_t process = 0;
  bool wants_slot = false;
  std::optional<Outcome> outcome;  // once it has said so
  std::optional<uint32_t> slot;    // being filled
};

Pipeline::Pipeline(PipelineOptions options, telemetry::Log& log)
    : options_(std::move(options)),
      log_(log),
      warnings_(log, &telemetry::Log::Warning),
      captures_({options_.shards, options_.ordered, options_.packet_limit != 0}) {
  captures_.Add(options_.files);
}

Pipeline::~Pipeline() = default;

Result<std::unique_ptr<Pipeline>> Pipeline::Start(const std::string& program_path,
                                                  PipelineOptions options, telemetry::Log& log) {
  std::unique_ptr<Pipeline> pipeline(new Pipeline(std::move(options), log));
  auto slots = process::BatchSlots::Create(ShapeOf(pipeline->options_));
  if (!slots) return Forward(std::move(slots));
  pipeline->slots_ = std::move(*slots);
  pipeline->free_slots_.resize(pipeline->slots_->shape().count);
  std::iota(pipeline->free_slots_.begin(), pipeline->free_slots_.end(), 0U);
  pipeline->slot_captures_.resize(pipeline->free_slots_.size());

  for (uint32_t stream = 0; stream < pipeline->captures_.streams(); ++stream) {
    auto ring = process::PacketRing::Create();
    if (!ring) return Forward(std::move(ring));
    pipeline->rings_.push_back(std::move(*ring));
  }
  pipeline->capture_worker_ = std::make_unique<CaptureWorker>(
      program_path, pipeline->options_.capture, *pipeline->slots_, pipeline->rings_);
  CaptureWorker& road = *pipeline->capture_worker_;
  auto zygote =
      process::Zygote::Start({[&road](const auto& send_note) { return road.Prepare(send_note); },
                              [&road](const process::Job& job, process::Channel channel) {
                                road.Work(job, std::move(channel));
                              },
                              pipeline->options_.files.size() >= kManyFiles},
                             [&pipeline](const Note& note) { pipeline->Log(note); });
  if (!zygote) return Forward(std::move(zygote));
  pipeline->zygote_ = std::move(*zygote);
  return pipeline;
}

Ledger Pipeline::Run(Sink& sink, telemetry::Progress& progress) {
  sink.OnSettled([this](uint32_t slot, bool delivered) { Settle(slot, delivered); });
  while (!Finished()) {
    StartWorkers();
    GrantSlots();
    OfferBatches(sink);
    Wait(sink);
    if (process::StopRequested() || sink_failed_) Stop();
    PruneCaptures(sink);
    Show(progress);
  }
  if (!sink_failed_) {
    if (auto drained = sink.Drain(ledger_); !drained) FailSink(drained.error().message);
  }
  Abandon();
  PruneCaptures(sink);
  progress.Clear();
  if (skipped_captures_ > 0) {
    log_.Info(
        fmt::format("{} captures skipped: an earlier run has settled them", skipped_captures_));
  }
  return ledger_;
}

// What is at the sink is waited for by Drain().
bool Pipeline::Finished() const {
  if (!workers_.empty()) return false;
  if (!watches_.empty() && !sink_failed_) return false;
  const auto& captures = captures_.captures();
  return sink_failed_ || (captures_.NothingWaits() &&
                          std::all_of(captures.begin(), captures.end(), [](const Capture& capture) {
                            return capture.Ended() && capture.batches.empty();
                          }));
}

uint32_t Pipeline::FreeSeat() const {
  uint32_t seat = 0;
  const auto is_taken = [&](const Worker& worker) {
    return worker.part->job.role != Job::Role::kReadStream && worker.part->job.seat == seat;
  };
  while (std::any_of(workers_.begin(), workers_.end(), is_taken)) ++seat;
  return seat;
}

void Pipeline::TakeArrivals(source::DirectoryWatch& watch) {
  auto arrivals = watch.Take();
  if (!arrivals) {
    log_.Error(arrivals.error().message);
    std::erase_if(watches_, [&watch](const auto& other) { return other.get() == &watch; });
    return;
  }
  for (const std::string& problem : arrivals->problems) log_.Warning(problem);
  std::vector<supervise::InputFile> files;
  for (std::string& path : arrivals->files) files.push_back({std::move(path), true});
  captures_.Add(files);
}

void Pipeline::EndIntake() {
  watches_.clear();
  captures_.Stop();
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

void Pipeline::OfferBatches(Sink& sink) {
  for (Capture& capture : captures_.captures()) {
    while (!capture.batches.empty() && sink.Ready() && !sink_failed_) {
      Batch batch = std::move(capture.batches.front());
      capture.batches.pop_front();
      ++capture.at_sink;
      if (auto submitted = sink.Submit(std::move(batch), ledger_); !submitted) {
        FailSink(submitted.error().message);
      }
    }
    if (options_.ordered && !(capture.Ended() && capture.batches.empty())) return;
  }
}

void Pipeline::Settle(uint32_t slot, bool delivered) {
  Capture& capture = *slot_captures_[slot];
  --capture.at_sink;
  capture.refused |= !delivered;
  slots_->Trim(slot);
  free_slots_.push_back(slot);
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

void Pipeline::PruneCaptures(Sink& sink) {
  captures_.Prune([this, &sink](const Capture& capture) {
    const bool is_news = resume_ != nullptr && !capture.settled_before && capture.fingerprint;
    if (is_news && capture.Whole()) Record(sink, capture);
  });
}

// What can't be recorded is taken again by the next run.
void Pipeline::Record(Sink& sink, const Capture& capture) {
  auto recorded = sink.Sync();
  if (recorded) recorded = resume_->Record(*capture.fingerprint, *capture.name);
  if (!recorded) warnings_.Report(recorded.error().message);
}

void Pipeline::Wait(Sink& sink) {
  std::vector<pollfd> waits = {{zygote_->fd(), POLLIN, 0}};
  for (const Worker& worker : workers_) waits.push_back({worker.channel.fd(), POLLIN, 0});
  const size_t first_watch = waits.size();
  for (const auto& watch : watches_) waits.push_back({watch->fd(), POLLIN, 0});
  sink.Wait(waits, kTick);
  if (!sink_failed_) {
    if (auto polled = sink.Poll(ledger_); !polled) FailSink(polled.error().message);
  }
  if (waits.front().revents != 0) TakeReport();
  size_t place = 1;
  for (auto worker = workers_.begin(); worker != workers_.end();) {
    if (waits[place++].revents != 0) TakeMessage(*worker);
    worker = worker->channel.open() ? std::next(worker) : workers_.erase(worker);
  }
  for (size_t watch = watches_.size(); watch-- > 0;) {  // one that ends is taken out
    if (waits[first_watch + watch].revents != 0) TakeArrivals(*watches_[watch]);
  }
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

// Without a destination, or without the process that makes workers, the run is over.
void Pipeline::FailSink(const std::string& message) {
  log_.Error(message);
  sink_failed_ = true;
}

// No new work; workers end as soon as they see it, and what they have made is still taken.
void Pipeline::Stop() {
  stopping_ = true;
  EndIntake();
  slots_->RequestStop();
  for (const Worker& worker : workers_) {
    // Nobody takes what a worker makes after the sink has failed.
    if (worker.process > 0) {
      ::kill(worker.process, sink_failed_ ? SIGKILL : process::ReadInterruptingSignal());
    }
  }
}

void Pipeline::Abandon() {
  for (Capture& capture : captures_.captures()) {
    for (const Batch& batch : capture.batches) ledger_.abandoned += batch.documents.size();
    capture.batches.clear();
  }
}

void Pipeline::Show(telemetry::Progress& progress) const {
  telemetry::ProgressState state{captures_.bytes_done(), captures_.bytes_total(), ledger_.captured};
  for (const Worker& worker : workers_) {
    if (worker.slot) state.packets += slots_->Progress(*worker.slot).captured;
  }
  progress.Update(state);
}

void Pipeline::Log(const Note& note) {
  const std::string text(note.Text());
  switch (note.level) {
    case Note::Level::kError:
      return log_.Error(text);
    case Note::Level::kWarning:
      return warnings_.Report(text);
    case Note::Level::kInfo:
      return log_.Info(text);
    case Note::Level::kVerbose:
      return log_.Verbose(text);
  }
}

}  // namespace espcap
