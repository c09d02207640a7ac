// SPDX-License-Identifier: GPL-2.0-or-later
#include "pipeline.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <numeric>
#include <utility>

#include "live/remote_address.h"
#include "process/stop_signals.h"
#include "stream/stream_record.h"

namespace espcap {
namespace {

using process::Note;
using std::chrono::milliseconds;
using supervise::Capture;

constexpr milliseconds kTick{100};  // how late a signal or the progress line can be seen
// So long workers may take to hand over what they have after a stop, where nobody takes it.
constexpr std::chrono::seconds kStopPatience{30};
constexpr size_t kManyFiles = 32;  // of which each has a worker of its own

// With many slots each is smaller, so that all of them together, with what is compressed in them,
// stay below four times --chunk-bytes.
process::BatchSlots::Shape ShapeOf(const PipelineOptions& options) {
  const bool waits_for_order = options.ordered && options.workers > 1;
  const auto files_ahead = static_cast<uint32_t>(
      waits_for_order ? std::min<size_t>(options.files.size(), options.files_ahead) : 0);
  const uint32_t count = options.workers + options.batches_at_sink + files_ahead;
  const size_t share =
      process::BatchSlots::TextShare(options.chunk_bytes * 7 / 2 / count, options.compression);
  return {count, std::min(options.chunk_bytes, share),
          static_cast<uint32_t>(options.chunk_documents), options.compression};
}

}  // namespace

Pipeline::Pipeline(PipelineOptions options, telemetry::Log& log)
    : options_(std::move(options)),
      log_(log),
      warnings_(log, &telemetry::Log::Warning),
      captures_({options_.shards, options_.ordered, options_.packet_limit != 0}) {
  captures_.Add(options_.files);
  const live::Options& live = options_.capture.live;
  if (live.interfaces.empty()) return;
  std::vector<supervise::LiveInterface> interfaces;
  interfaces.reserve(live.interfaces.size());
  for (const std::string& name : live.interfaces) {
    interfaces.push_back({name, live::IsRemote(name) ? 1 : live.fanout.processes});
  }
  captures_.AddLive(interfaces, options_.workers);
}

// A zygote ends when its workers have: those of live capture must be told.
Pipeline::~Pipeline() {
  if (slots_ != nullptr) slots_->RequestStop();
  for (const auto& ring : rings_) ring->Close();
}

Result<std::unique_ptr<Pipeline>> Pipeline::Start(const std::string& program_path,
                                                  PipelineOptions options, telemetry::Log& log) {
  std::unique_ptr<Pipeline> pipeline(new Pipeline(std::move(options), log));
  auto slots = process::BatchSlots::Create(ShapeOf(pipeline->options_));
  if (!slots) return Forward(std::move(slots));
  pipeline->slots_ = std::move(*slots);
  pipeline->free_slots_.resize(pipeline->slots_->shape().count);
  std::iota(pipeline->free_slots_.begin(), pipeline->free_slots_.end(), 0U);
  pipeline->slot_captures_.resize(pipeline->free_slots_.size());

  if (auto made = pipeline->MakeRings(); !made) return Forward(std::move(made));
  pipeline->capture_worker_ =
      std::make_unique<CaptureWorker>(program_path, pipeline->options_.capture, *pipeline->slots_,
                                      pipeline->rings_, pipeline->board_.get());
  if (auto begun = pipeline->PlanAhead(); !begun) return Forward(std::move(begun));
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
  if (auto opened = pipeline->AwaitInterfaces(); !opened) return Forward(std::move(opened));
  return pipeline;
}

// While the zygote gets ready another processor is idle.
Result<void> Pipeline::PlanAhead() {
  auto job = captures_.FirstFile();
  if (options_.shards < 2 || !job) return {};
  job->packet_limit = options_.packet_limit;
  auto plan = process::Ahead::Start([this, &job] { return capture_worker_->PlanAhead(*job); });
  if (!plan) return Forward(std::move(plan));
  plan_ahead_ = std::move(*plan);
  capture_worker_->AwaitPlan(*job, *plan_ahead_);
  return {};
}

Result<void> Pipeline::MakeRings() {
  const live::Options& live = options_.capture.live;
  const bool is_live = !live.interfaces.empty();
  for (uint32_t number = 0; number < captures_.rings(); ++number) {
    // Live, as much as the kernel holds may wait for all workers together.
    auto ring = process::PacketRing::Create(is_live ? live.device.buffer_bytes / options_.workers
                                                    : process::PacketRing::kMinRecordsBytes);
    if (!ring) return Forward(std::move(ring));
    for (const std::string& interface : live.interfaces) {
      static_cast<void>(stream::AddInterface(**ring, interface.c_str(), nullptr));
    }
    rings_.push_back(std::move(*ring));
  }
  if (!is_live) return {};
  auto board = live::CaptureBoard::Create(live.limits);
  if (!board) return Forward(std::move(board));
  board_ = std::move(*board);
  return {};
}

// What can't be captured must not cost the output: it is known before anything is opened for it.
Result<void> Pipeline::AwaitInterfaces() {
  if (board_ == nullptr) return {};
  StartWorkers();
  for (Worker& worker : workers_) {
    if (worker.part->job.role != process::Job::Role::kCapture) continue;
    while (worker.channel.open() && !worker.opened) TakeMessage(worker);
  }
  if (sink_failed_) return Fail("the dissection process has ended");
  return failure_.empty() ? Result<void>() : Fail("{}", failure_);
}

Ledger Pipeline::Run(Sink& sink, telemetry::Progress& progress) {
  sink.OnSettled([this](uint32_t slot, bool delivered) { Settle(slot, delivered); });
  running_ = true;
  service_manager_.Ready();
  statistics_at_ = std::chrono::steady_clock::now();
  const auto end = std::chrono::steady_clock::now() + options_.duration;
  while (!MayEnd(sink)) {
    StartWorkers();
    GrantSlots();
    OfferBatches(sink);
    Wait(sink);
    const bool is_over = options_.duration.count() > 0 && std::chrono::steady_clock::now() >= end;
    if (process::StopRequested() || is_over || sink_failed_) Stop();
    PruneCaptures(sink);
    ShowStatistics();
    service_manager_.Alive();
    Show(progress);
  }
  Abandon();
  if (auto closed = sink.Close(ledger_); !closed) FailSink(closed.error().message);
  CountLosses();
  PruneCaptures(sink);
  progress.Clear();
  if (skipped_captures_ > 0) {
    log_.Info(
        fmt::format("{} captures skipped: an earlier run has settled them", skipped_captures_));
  }
  return ledger_;
}

// After a stop what is dissected still goes to the sink, and the sink gets the time that it asks
// for: what is left then stays in a spool, or counts as abandoned.
bool Pipeline::MayEnd(const Sink& sink) {
  const auto now = std::chrono::steady_clock::now();
  if (process::StopRequested() && !stopped_at_) stopped_at_ = now;
  if (Finished()) {
    return sink_failed_ || sink.Idle() ||
           (stopped_at_ && now >= *stopped_at_ + sink.GraceAfterStop());
  }
  sink_failed_ |= stopped_at_ && now >= *stopped_at_ + kStopPatience;
  return false;
}

bool Pipeline::Finished() const {
  if (!workers_.empty()) return false;
  if (!watches_.empty() && !sink_failed_) return false;
  const auto& captures = captures_.captures();
  return sink_failed_ || (captures_.NothingWaits() &&
                          std::all_of(captures.begin(), captures.end(), [](const Capture& capture) {
                            return capture.Ended() && capture.batches.empty();
                          }));
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
  for (const Capture& capture : captures_.captures()) {
    if (capture.ReadToItsEnd()) CloseRings(capture);
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
  // Grace is for a destination that takes nothing, not for what is still being delivered.
  if (delivered && stopped_at_) stopped_at_ = std::chrono::steady_clock::now();
  if (delivered && board_ != nullptr) NoteLag(slot);
  slots_->Trim(slot);
  free_slots_.push_back(slot);
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
  const size_t first_service = waits.size();
  milliseconds patience = kTick;
  for (const base::PollService* service : services_) {
    waits.push_back({service->fd(), POLLIN, 0});
    patience = std::min(patience, service->Patience());
  }
  sink.Wait(waits, patience);
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
  for (size_t service = 0; service < services_.size(); ++service) {
    const bool is_ready = waits[first_service + service].revents != 0;
    if (is_ready || services_[service]->Patience() == milliseconds::zero()) {
      services_[service]->Serve();
    }
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
  service_manager_.Stopping();
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

// What came to the interfaces is captured, whether it found a worker or not.
void Pipeline::AddLosses(Ledger& ledger) const {
  if (board_ == nullptr) return;
  const live::InterfaceCounts total = board_->Total();
  ledger.kernel_dropped = total.kernel_dropped;
  ledger.interface_dropped = total.interface_dropped;
  ledger.ring_dropped = total.ring_dropped;
  ledger.captured += total.kernel_dropped + total.interface_dropped + total.ring_dropped;
}

// At the end: what is left in rings that no worker emptied, too.
void Pipeline::CountLosses() {
  if (board_ == nullptr) return;
  const live::InterfaceCounts total = board_->Total();
  const uint64_t left = total.received - total.ring_dropped - ledger_.captured;
  ledger_.captured += left;
  ledger_.abandoned += left;
  AddLosses(ledger_);
}

// With what workers have taken and not yet handed over.
Ledger Pipeline::LedgerSoFar() const {
  Ledger ledger = ledger_;
  for (const Worker& worker : workers_) {
    if (!worker.slot) continue;
    const process::SlotProgress progress = slots_->Progress(*worker.slot);
    ledger.captured += progress.captured;
    ledger.filtered += progress.filtered;
    ledger.failed += progress.failed;
    ledger.cut += progress.cut;
  }
  AddLosses(ledger);
  return ledger;
}

void Pipeline::NoteLag(uint32_t slot) {
  const process::SlotProgress progress = slots_->Progress(slot);
  const std::chrono::nanoseconds now = std::chrono::system_clock::now().time_since_epoch();
  const auto lag_of = [now](int64_t time_ns) -> telemetry::LagHistogram::Milliseconds {
    return now - std::chrono::nanoseconds(time_ns);
  };
  lags_.Add(lag_of(progress.first_time_ns), lag_of(progress.last_time_ns), progress.documents);
}

telemetry::LiveStats Pipeline::LiveStats() const {
  telemetry::LiveStats stats;
  uint32_t id = 0;
  for (const std::string& name : options_.capture.live.interfaces) {
    const live::InterfaceCounts counts = board_->CountsOf(id++);
    stats.interfaces.push_back({name, counts.received, counts.bytes, counts.ring_dropped,
                                counts.kernel_dropped, counts.interface_dropped});
  }
  stats.lag_median = lags_.Quantile(0.5);
  stats.lag_99th = lags_.Quantile(0.99);
  return stats;
}

void Pipeline::ShowStatistics() {
  const auto now = std::chrono::steady_clock::now();
  const auto interval = options_.stats_interval;
  if (board_ == nullptr || interval.count() == 0 || now < statistics_at_ + interval) return;
  const telemetry::LiveStats stats = LiveStats();
  log_.Info(telemetry::FormatLive(stats, LedgerSoFar(), received_then_, now - statistics_at_));
  received_then_ = telemetry::Received(stats);
  statistics_at_ = now;
  lags_ = {};
}

telemetry::RunSnapshot Pipeline::Snapshot() const {
  telemetry::RunSnapshot snapshot;
  if (board_ != nullptr) snapshot.live = LiveStats();
  snapshot.ledger = LedgerSoFar();
  snapshot.stopping = stopping_;
  snapshot.work = {workers_.size(),       worker_restarts_,           sessions_replaced_,
                   slots_->shape().count, free_slots_.size(),         0,
                   captures_.waiting(),   captures_.captures().size()};
  for (const Capture& capture : captures_.captures()) {
    snapshot.work.batches_queued += capture.batches.size();
  }
  return snapshot;
}

void Pipeline::Show(telemetry::Progress& progress) const {
  progress.Update({captures_.bytes_done(), captures_.bytes_total(), LedgerSoFar().captured});
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
