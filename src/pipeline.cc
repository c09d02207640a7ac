// SPDX-License-Identifier: GPL-2.0-or-later
#include "pipeline.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <numeric>
#include <utility>

#include "process/stop_signals.h"

namespace espcap {
namespace {

using process::Note;
using process::WorkerMessage;
using std::chrono::milliseconds;

constexpr milliseconds kTick{100};         // how late a signal or the progress line can be seen
constexpr uint32_t kSpareSlots = 2;        // one under way to the destination, one ready to follow
constexpr uint32_t kMaxWorkerDeaths = 40;  // of one file

uint64_t SizeOf(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)
             ? static_cast<uint64_t>(status.st_size)
             : 0;
}

// With many slots each is smaller, so that all of them together stay below four times
// --chunk-bytes.
process::BatchSlots::Shape ShapeOf(const PipelineOptions& options) {
  const uint32_t count = options.workers + kSpareSlots;
  return {count, std::min(options.chunk_bytes, options.chunk_bytes * 7 / 2 / count),
          static_cast<uint32_t>(options.chunk_documents)};
}

std::string DescribeEnd(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return fmt::format("ended by signal {} ({})", WTERMSIG(wait_status),
                       strsignal(WTERMSIG(wait_status)));
  }
  return fmt::format("ended with status {}", WEXITSTATUS(wait_status));
}

}  // namespace

struct Pipeline::Task {
  process::Job job;
  std::shared_ptr<const std::string> name;
  uint64_t bytes = 0;  // 0: a pipe, which can't be read again
  uint64_t bytes_read = 0;
  bool finished = false;
  uint32_t deaths = 0;
  uint32_t fatal_frame = 0;   // under dissection at the last death
  std::deque<Batch> batches;  // filled, not yet given to the sink
};

struct Pipeline::Worker {
  process::Channel channel;
  size_t task = 0;
  pid_t process = 0;
  bool wants_slot = false;
  bool done = false;
  std::optional<uint32_t> slot;  // being filled
};

Pipeline::Pipeline(PipelineOptions options, telemetry::Log& log)
    : options_(std::move(options)), log_(log), warnings_(log, &telemetry::Log::Warning) {
  if (options_.packet_limit != 0) options_.workers = 1;
  const auto& files = options_.files;
  for (uint32_t file = 0; file < files.size(); ++file) {
    Task task;
    task.job.file = file;
    task.name = std::make_shared<const std::string>(files[file].path == "-" ? "standard input"
                                                                            : files[file].path);
    task.bytes = SizeOf(files[file].path);
    tasks_.push_back(std::move(task));
  }
  // The largest first: the last worker to end isn't one that began a large file late.
  if (!options_.ordered && options_.packet_limit == 0) {
    std::stable_sort(tasks_.begin(), tasks_.end(),
                     [](const Task& a, const Task& b) { return a.bytes > b.bytes; });
  }
  waiting_.resize(tasks_.size());
  std::iota(waiting_.begin(), waiting_.end(), size_t{0});
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

  pipeline->capture_worker_ = std::make_unique<CaptureWorker>(
      program_path, pipeline->options_.capture, pipeline->options_.files, *pipeline->slots_);
  CaptureWorker& road = *pipeline->capture_worker_;
  auto zygote =
      process::Zygote::Start({[&road](const auto& send_note) { return road.Prepare(send_note); },
                              [&road](const process::Job& job, process::Channel channel) {
                                road.Work(job, std::move(channel));
                              }},
                             [&pipeline](const Note& note) { pipeline->Log(note); });
  if (!zygote) return Forward(std::move(zygote));
  pipeline->zygote_ = std::move(*zygote);
  return pipeline;
}

Ledger Pipeline::Run(Sink& sink, telemetry::Progress& progress) {
  sink.OnSettled([this](uint32_t slot) {
    slots_->Trim(slot);
    free_slots_.push_back(slot);
  });
  while (!Finished()) {
    StartWorkers();
    GrantSlots();
    OfferBatches(sink);
    Wait(sink);
    if (process::StopRequested() || sink_failed_) Stop();
    Show(progress);
  }
  if (!sink_failed_) {
    if (auto drained = sink.Drain(ledger_); !drained) log_.Error(drained.error().message);
  }
  Abandon();
  progress.Clear();
  return ledger_;
}

bool Pipeline::Finished() const {
  const bool idle = workers_.empty() && waiting_.empty();
  return idle && (sink_failed_ || std::all_of(tasks_.begin(), tasks_.end(), [](const Task& task) {
                    return task.batches.empty();
                  }));
}

uint32_t Pipeline::FreeSeat() const {
  uint32_t seat = 0;
  const auto is_taken = [&](const Worker& worker) { return tasks_[worker.task].job.seat == seat; };
  while (std::any_of(workers_.begin(), workers_.end(), is_taken)) ++seat;
  return seat;
}

void Pipeline::StartWorkers() {
  while (!waiting_.empty() && workers_.size() < options_.workers) {
    const size_t index = waiting_.front();
    Task& task = tasks_[index];
    if (options_.packet_limit != 0 && task.job.packet_limit == 0) {
      if (ledger_.captured >= options_.packet_limit) return waiting_.clear();
      task.job.packet_limit = options_.packet_limit - ledger_.captured;
    }
    task.job.seat = FreeSeat();
    slots_->SetDissecting(task.job.seat, 0);
    auto channel = zygote_->Fork(task.job);
    if (!channel) {
      log_.Error(channel.error().message);
      sink_failed_ = true;  // nothing can be taken any more
      return waiting_.clear();
    }
    waiting_.pop_front();
    workers_.push_back({std::move(*channel), index, 0, false, false, std::nullopt});
  }
}

bool Pipeline::IsHead(const Task& task) const { return &task == &tasks_[head_]; }

// Ordered, a slot is always left for the file whose documents are next: otherwise later files could
// hold them all and wait for it.
void Pipeline::GrantSlots() {
  for (Worker& worker : workers_) {
    const bool first = !options_.ordered || IsHead(tasks_[worker.task]);
    if (!worker.wants_slot || free_slots_.size() < (first ? 1U : 2U)) continue;
    const uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    slots_->Begin(slot);
    worker.wants_slot = false;
    worker.slot = slot;
    static_cast<void>(worker.channel.Send(process::GrantedSlot{slot}));
  }
}

void Pipeline::OfferBatches(Sink& sink) {
  for (size_t index = options_.ordered ? head_ : 0; index < tasks_.size() && !sink_failed_;
       ++index) {
    Task& task = tasks_[index];
    while (!task.batches.empty() && sink.Ready() && !sink_failed_) {
      Batch batch = std::move(task.batches.front());
      task.batches.pop_front();
      if (auto submitted = sink.Submit(std::move(batch), ledger_); !submitted) {
        log_.Error(submitted.error().message);
        sink_failed_ = true;
      }
    }
    if (!options_.ordered) continue;
    if (!task.finished || !task.batches.empty()) break;
    head_ = std::min(index + 1, tasks_.size() - 1);
  }
}

void Pipeline::Wait(Sink& sink) {
  std::vector<pollfd> waits = {{zygote_->fd(), POLLIN, 0}};
  for (const Worker& worker : workers_) waits.push_back({worker.channel.fd(), POLLIN, 0});
  sink.Wait(waits, kTick);
  if (!sink_failed_) {
    if (auto polled = sink.Poll(ledger_); !polled) {
      log_.Error(polled.error().message);
      sink_failed_ = true;
    }
  }
  if (waits.front().revents != 0) TakeReport();
  size_t place = 1;
  for (auto worker = workers_.begin(); worker != workers_.end();) {
    if (waits[place++].revents != 0) TakeMessage(*worker);
    worker = worker->channel.open() ? std::next(worker) : workers_.erase(worker);
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
    case WorkerMessage::Kind::kNote:
      Log(message->note);
      break;
    case WorkerMessage::Kind::kDone:
      worker.done = true;
  }
}

// What the worker has put into its slot becomes the supervisor's: counted, and on its way.
void Pipeline::TakeSlot(Worker& worker) {
  if (!worker.slot) return;
  const uint32_t slot = *std::exchange(worker.slot, std::nullopt);
  Task& task = tasks_[worker.task];
  const process::SlotProgress progress = slots_->Progress(slot);
  ledger_.captured += progress.captured;
  ledger_.filtered += progress.filtered;
  ledger_.failed += progress.failed;
  task.bytes_read = std::max(task.bytes_read, progress.source_bytes);
  task.job.settled_frame = std::max(task.job.settled_frame, progress.last_frame);
  if (progress.documents > 0) {
    task.batches.push_back(slots_->View(slot, task.name));
  } else {
    free_slots_.push_back(slot);
  }
}

void Pipeline::EndWorker(Worker& worker) {
  TakeSlot(worker);
  worker.channel.Close();
  Task& task = tasks_[worker.task];
  if (worker.done || stopping_) {
    task.finished = true;
  } else {
    TakeUpAgain(task);
  }
}

// The file's next worker dissects the settled frames for what follows from them, and begins to
// write after them. A frame that ends a second worker is left out.
void Pipeline::TakeUpAgain(Task& task) {
  const uint32_t next = task.job.settled_frame + 1;
  const uint32_t fatal = slots_->Dissecting(task.job.seat);
  ++task.deaths;
  const bool is_fatal_again = fatal != 0 && fatal == std::exchange(task.fatal_frame, fatal);
  if (task.bytes == 0) {
    log_.Error(fmt::format("{}: its worker died at packet {}; a pipe can't be read again",
                           *task.name, next));
    task.finished = true;
    return;
  }
  if (task.deaths > kMaxWorkerDeaths || task.job.skipped_count == process::Job::kMaxSkipped) {
    log_.Error(fmt::format("{}: {} workers died on it; given up before packet {}", *task.name,
                           task.deaths, next));
    task.finished = true;
    return;
  }
  if (is_fatal_again) {
    log_.Error(fmt::format("{}: packet {} ends every process that dissects it; left out",
                           *task.name, fatal));
    task.job.skipped_frames.at(task.job.skipped_count++) = fatal;
  } else {
    log_.Warning(fmt::format("{}: its worker died; taken up again at packet {}", *task.name, next));
  }
  waiting_.push_front(static_cast<size_t>(&task - tasks_.data()));
}

void Pipeline::TakeReport() {
  const auto report = zygote_->Receive();
  if (!report) {
    log_.Error("the dissection process has ended");
    sink_failed_ = true;
    return;
  }
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

// No new work; workers end as soon as they see it, and what they have made is still taken.
void Pipeline::Stop() {
  stopping_ = true;
  waiting_.clear();
  slots_->RequestStop();
  for (const Worker& worker : workers_) {
    // Nobody takes what a worker makes after the sink has failed.
    if (worker.process > 0) {
      ::kill(worker.process, sink_failed_ ? SIGKILL : process::ReadInterruptingSignal());
    }
  }
}

void Pipeline::Abandon() {
  for (Task& task : tasks_) {
    for (const Batch& batch : task.batches) ledger_.abandoned += batch.documents.size();
    task.batches.clear();
  }
}

void Pipeline::Show(telemetry::Progress& progress) const {
  telemetry::ProgressState state{0, 0, ledger_.captured};
  for (const Task& task : tasks_) {
    state.bytes_total += task.bytes;
    state.bytes_done += task.finished ? task.bytes : task.bytes_read;
  }
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
