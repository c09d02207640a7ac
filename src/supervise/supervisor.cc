// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/supervisor.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>
#include <variant>

#include "supervise/message_log.h"

namespace espcap::supervise {
namespace {

using process::Job;
using std::chrono::milliseconds;

constexpr milliseconds kIdleTick{1000};
constexpr milliseconds kMinLook{50};    // at work that should go on
constexpr milliseconds kStopTick{100};  // a worker's read may begin just after it was interrupted

}  // namespace

Supervisor::Supervisor(Options options, Dependencies parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      accounting_(std::move(parts_.read_interfaces)),
      unpacked_files_({options_.max_unpacked_bytes, options_.workers, options_.packet_limit},
                      parts_.captures),
      intake_({SharesOf(options_).kept_bytes, options_.ordered, options_.live_run,
               options_.origin_path, options_.sensor},
              parts_.check, parts_.slots, parts_.rings, parts_.captures, parts_.kept, accounting_),
      batches_(parts_.captures, parts_.kept, accounting_, options_.ordered),
      succession_(parts_.captures, unpacked_files_, parts_.slots, parts_.rings, state_, parts_.log,
                  options_.two_pass),
      worker_batches_(parts_.workers, intake_, succession_, std::move(parts_.capture_work),
                      parts_.log),
      fingerprints_(parts_.loop, parts_.hasher, parts_.captures,
                    [this] { MarkInputLost("the process that hashes captures has ended"); }) {}

// A zygote ends when its workers have: those of live capture must be told.
Supervisor::~Supervisor() {
  parts_.control.RequestStop();
  for (const auto& ring : parts_.rings) ring->Close();
}

Result<void> Supervisor::OpenInterfaces(const DocumentNeeds& needs) {
  if (!accounting_.is_live()) return {};
  StartWorkers(needs);
  auto& workers = parts_.workers.workers();
  for (auto next = workers.begin(); next != workers.end();) {
    Worker& worker = *next++;
    if (worker.part->job.role != Job::Role::kCapture) continue;
    for (bool is_over = false; !is_over;) {
      if (!worker.channel.AwaitsReceiptUnless(process::StopEventFd())) return {};
      const auto event = WorkerPool::Receive(worker);
      is_over = worker.opened || !worker.channel.open();
      if (event) Handle(*event);
    }
  }
  if (HasNoWorkers(state_)) return Fail("the dissection process has ended");
  return failure_.empty() ? Result<void>() : Fail("{}", failure_);
}

RunEnd Supervisor::Run(RunDependencies run) {
  settlement_.emplace(run.resume, run.settled_files, parts_.writes, parts_.log,
                      std::move(run.capture_ended), run.messages);
  messages_.emplace(run.messages, parts_.captures, parts_.workers, accounting_.ledger(),
                    parts_.log);
  watches_.emplace(std::move(run.watches), parts_.loop, parts_.log);
  services_.emplace(run.services, parts_.loop);
  live_reporter_.emplace(
      options_.stats_interval,
      options_.form == BatchForm::kSections ? Destination::kForward : Destination::kStream,
      parts_.log);
  state_.running = true;
  if (accounting_.is_live()) service_manager_.Ready();
  if (options_.duration.count() > 0) end_ = parts_.loop.Now() + options_.duration;
  base::EventLoop::Watch stop_watch;
  if (const int stop_event = process::StopEventFd(); stop_event >= 0) {
    stop_watch = parts_.loop.Add(stop_event, base::EventLoop::kReadable,
                                 [](uint32_t) { process::ClearStopEvent(); });
  }
  while (!MayEnd(run)) {
    if (run.sink.MayBegin()) {
      state_.had_output = true;
      service_manager_.Ready();
      StartWorkers(run.needs);
    }
    fingerprints_.Ask(settlement_->resume);
    PollSink(run.sink);
    worker_batches_.Accept(!Delivers(state_));
    worker_batches_.GrantSlots();
    const uint64_t captured = accounting_.ledger().captured;
    auto granted = unpacked_files_.Grant(parts_.workers, state_.stop.has_value(), captured);
    if (!granted) FailSink(granted.error().message);
    Turn(NextTime(run.progress));
    worker_batches_.GrantSlots();  // workers go on while what they have made is copied
    PollSink(run.sink);
    worker_batches_.EndWorkers(parts_.loop.Now(), !Delivers(state_));
    if (options_.frame_timeout.count() > 0) {
      worker_batches_.EndOverdue(parts_.loop.Now(), options_.frame_timeout);
    }
    StopWhereAsked();
    settlement_->SettleCaptures(parts_.captures, run.sink, accounting_.ledger(),
                                state_.stop.has_value());
    Show(run.progress);
  }
  Close(run);
  for (const WorkerEvent& event : parts_.workers.CollectEvents()) Handle(event);  // last words
  services_.reset();  // their descriptors are the caller's
  accounting_.CountLosses();
  settlement_->resume.Summarize();
  return {.ledger = accounting_.ledger(),
          .had_output = state_.had_output,
          .was_stopped = IsAsked(state_.stop),
          .input_ended = watches_->has_ended(),
          .input_lost = state_.input != InputState::kOpen || watches_->has_failed(),
          .output_failed = state_.output == OutputState::kGone,
          .faulty_captures = state_.faulty_captures,
          .unreadable_files = state_.unreadable_files};
}

// After a stop what is dissected still goes to the sink, as long as there is time: what is left
// then stays in a spool, or counts as abandoned.
bool Supervisor::MayEnd(const RunDependencies& run) {
  const auto now = parts_.loop.Now();
  if (Finished()) {
    if (!Delivers(state_) || run.sink.Idle()) return true;
    if (state_.stop) return IsLate(state_, now) || !run.sink.WorthWaiting();
    if (!run.sink.RestIsSafe()) state_.safe_since.reset();
    if (run.sink.RestIsSafe() && !state_.safe_since) state_.safe_since = now;
    if (!state_.safe_since || now < *state_.safe_since + options_.stop_timeout) return false;
    parts_.log.Info("the server can't be reached: the rest stays in the spool for the next run");
    return true;
  }
  if (Delivers(state_) && IsLate(state_, now)) state_.output = OutputState::kTimeUp;
  const size_t left = parts_.workers.workers().size();
  if (left == 0 || now < CloseDeadline(state_, state_.stop_deadline)) return false;
  parts_.log.Error(fmt::format(
      "processes that have not ended in time after the stop: {}; what they had is lost", left));
  return true;
}

// What the sink still has is kept or given up, and captures that are settled are recorded.
void Supervisor::Close(RunDependencies& run) {
  const auto begun = parts_.loop.Now();
  // What is being compressed is put on disk too.
  while (!batches_.AllReady() && parts_.loop.Now() < CloseDeadline(state_, begun)) {
    Turn(std::min(CloseDeadline(state_, begun), parts_.loop.Now() + kStopTick));
    StopWhereAsked();
  }
  run.sink.Close();
  if (auto kept = batches_.Offer(run.sink); !kept) FailSink(kept.error().message);
  batches_.Abandon();
  for (;;) {
    if (auto polled = run.sink.Poll(accounting_.ledger()); !polled) {
      FailSink(polled.error().message);
    }
    batches_.SettleDelivered(run.sink);
    settlement_->SettleCaptures(parts_.captures, run.sink, accounting_.ledger(),
                                state_.stop.has_value());
    const size_t posted = parts_.writes.posted() + parts_.letter_writes.posted();
    if (run.sink.Closed() && posted == 0) return;
    const auto deadline = CloseDeadline(state_, begun);
    if (parts_.loop.Now() >= deadline) break;
    if (IsLate(state_, parts_.loop.Now())) {
      parts_.writes.StopWaiting();
      parts_.letter_writes.StopWaiting();
    }
    Turn(std::min(deadline, parts_.loop.Now() + kStopTick));
    StopWhereAsked();
  }
  if (run.sink.Closed()) return;
  parts_.log.Error("what is left could not be written in time: it is counted as abandoned");
  run.sink.GiveUp(accounting_.ledger());
  batches_.SettleDelivered(run.sink);
}

bool Supervisor::Finished() const {
  if (!parts_.workers.workers().empty()) return false;
  if (!Delivers(state_)) return true;
  if (!watches_->empty() || !messages_->IsOver()) return false;
  const auto& captures = parts_.captures.captures();
  return (parts_.captures.waiting() == 0 && parts_.captures.NoneReady() &&
          succession_.backing_off().empty() &&
          std::all_of(captures.begin(), captures.end(), [](const Capture& capture) {
            return capture.Ended() && capture.batches.empty();
          }));
}

void Supervisor::StartWorkers(const DocumentNeeds& needs) {
  CaptureQueue& captures = parts_.captures;
  succession_.backing_off().Return(captures, parts_.loop.Now());
  const uint64_t limit = options_.packet_limit;
  while (Delivers(state_) && !HasNoWorkers(state_) &&
         (parts_.workers.dissecting() + succession_.backing_off().dissecting() < options_.workers ||
          captures.NextOnlyReads())) {
    const uint64_t captured = accounting_.ledger().captured;
    if (limit != 0 && captured >= limit && captures.NoneReady()) return Stop(StopReason::kCount);
    Part* part = captures.Next();
    if (part == nullptr) return;
    Job& job = part->job;
    if (limit != 0) {
      uint64_t& left = part->capture->packet_limit;
      if (left == 0) left = limit - captured;
      job.packet_limit = left;
    }
    if (part->capture->messages != nullptr) part->capture->messages->Restart(job);
    job.needs = needs;
    job.keeps_faults = parts_.quarantine.is_open();
    if (job.Dissects()) {
      job.worker_index = parts_.workers.FreeIndex();
      parts_.slots[job.worker_index]->SetDissecting(0);
    }
    if (const auto begun = parts_.workers.Begin(*part); !begun) {
      part->ended = true;
      return MarkInputLost(kZygoteEnded);
    }
  }
}

void Supervisor::PollSink(Sink& sink) {
  if (!Delivers(state_)) return;
  auto done = batches_.Offer(sink);
  if (done) done = sink.Poll(accounting_.ledger());
  if (!done) FailSink(done.error().message);
  batches_.SettleDelivered(sink);
}

void Supervisor::Turn(Clock::time_point latest) {
  latest = std::min(latest, parts_.loop.Now() + std::min(kIdleTick, services_->NextTimeout()));
  parts_.loop.RunOnce(latest);
  for (const WorkerEvent& event : parts_.workers.CollectEvents()) Handle(event);
  if (const auto arrived = watches_->ReadArrivals(); !arrived.empty()) parts_.captures.Add(arrived);
  services_->Serve();
  messages_->Serve();
  service_manager_.Alive();
}

Supervisor::Clock::time_point Supervisor::NextTime(const telemetry::Progress& progress) const {
  const auto now = parts_.loop.Now();
  auto next = std::min({now + (state_.stop ? kStopTick : kIdleTick), service_manager_.NextAlive(),
                        progress.NextTime(), succession_.backing_off().NextTime()});
  if (options_.frame_timeout.count() > 0 && !parts_.workers.workers().empty()) {
    constexpr int kLooks = 4;  // in the time that a frame may take
    next = std::min(next, now + std::max(kMinLook, options_.frame_timeout / kLooks));
  }
  if (accounting_.is_live()) next = std::min(next, live_reporter_->NextTime());
  if (!state_.stop) next = std::min(next, end_);
  if (state_.safe_since) next = std::min(next, *state_.safe_since + options_.stop_timeout);
  return next;
}

void Supervisor::FailSink(const std::string& message) {
  parts_.log.Error(message);
  state_.output = OutputState::kGone;
}

// No worker can begin any more; what was made is delivered.
void Supervisor::MarkInputLost(const char* why) {
  if (HasNoWorkers(state_)) return;
  parts_.log.Error(why);
  state_.input = InputState::kLost;
  succession_.backing_off().Return(parts_.captures, Clock::time_point::max());
  parts_.captures.GiveUpReady();
  if (state_.running) Stop(StopReason::kInputLost);
}

void Supervisor::EndIntake() {
  if (watches_) watches_->Close();
  if (messages_) messages_->Close();
  succession_.backing_off().Return(parts_.captures, Clock::time_point::max());
  parts_.captures.Stop();
  for (const Capture& capture : parts_.captures.captures()) {
    if (capture.ReadToItsEnd()) succession_.CloseRings(capture);
  }
}

void Supervisor::StopWhereAsked() {
  if (parts_.stops.signal() != 0) Stop(StopReason::kSignal);
  if (parts_.loop.Now() >= end_) Stop(StopReason::kDuration);
  if (state_.output == OutputState::kGone) Stop(StopReason::kOutputGone);
  if (const auto fed = messages_->Check(); !fed) {
    parts_.log.Error(fed.error().message);
    state_.input = InputState::kReaderLost;
    Stop(StopReason::kInputLost);
  }
  const auto& captures = parts_.captures.captures();
  if (options_.ends_with_capture && std::all_of(captures.begin(), captures.end(),
                                                [](const auto& c) { return c.ReadToItsEnd(); })) {
    Stop(StopReason::kCount);
  }
  if (parts_.stops.stop_now() && !state_.stop_now_at) {
    state_.stop_now_at = parts_.loop.Now();
    state_.stop_deadline = Clock::time_point::min();
  }
}

// No new work; workers end as soon as they see it, and what they have made is still taken.
void Supervisor::Stop(StopReason reason) {
  if (!state_.stop) {
    state_.stop = reason;
    state_.stop_deadline = parts_.loop.Now() + options_.stop_timeout;
    service_manager_.Stopping();
    if (reason == StopReason::kSignal) {
      parts_.log.Info(fmt::format("{}: no new packet is accepted; what was captured is delivered",
                                  strsignal(parts_.stops.signal())));
    }
    EndIntake();
    parts_.control.RequestStop();
  }
  // Again and again, since a read may begin after it. Nobody takes what a worker makes after the
  // sink has failed.
  parts_.workers.Interrupt(!Delivers(state_));
}

RunSnapshot Supervisor::Snapshot() const {
  const CaptureQueue& captures = parts_.captures;
  RunSnapshot snapshot;
  if (accounting_.is_live()) snapshot.live = accounting_.Live();
  snapshot.ledger = accounting_.SoFar(worker_batches_.NotTaken());
  snapshot.stopping = state_.stop.has_value();
  snapshot.loop = parts_.loop.stats();
  snapshot.work = {parts_.workers.workers().size(),
                   state_.worker_restarts,
                   state_.sessions_replaced,
                   intake_.slots(),
                   intake_.free_slots(),
                   batches_.queued(),
                   parts_.kept.bytes(),
                   captures.waiting(),
                   captures.captures().size(),
                   succession_.backing_off().rings(),
                   state_.unreadable_files};
  return snapshot;
}

void Supervisor::Show(telemetry::Progress& progress) {
  const Ledger so_far = accounting_.SoFar(worker_batches_.NotTaken());
  if (accounting_.is_live() && live_reporter_->IsDue()) {
    live_reporter_->Report(accounting_.Live(), so_far);
    accounting_.RestartLags();
  }
  const auto [done, total] = parts_.captures.bytes();
  progress.Update({done, total, so_far.captured});
}

}  // namespace espcap::supervise
