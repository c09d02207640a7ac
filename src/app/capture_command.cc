// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/capture_command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "app/capture_checks.h"
#include "app/destination.h"
#include "app/destination_kind.h"
#include "app/group_leave.h"
#include "app/job_source.h"
#include "app/resume_key.h"
#include "app/run_description.h"
#include "app/run_identity.h"
#include "app/run_inputs.h"
#include "app/run_memory.h"
#include "app/run_options.h"
#include "app/run_origin.h"
#include "app/run_processes.h"
#include "app/run_telemetry.h"
#include "app/server_connection.h"
#include "app/settled_captures.h"
#include "app/standard_output.h"
#include "app/topic_destination.h"
#include "app/topic_source.h"
#include "base/event_loop.h"
#include "base/write_thread.h"
#include "document/bounded_index.h"
#include "document/index_name.h"
#include "http/local_ports.h"
#include "live/device.h"
#include "live/recording_files.h"
#include "live/remote_address.h"
#include "process/status_signal.h"
#include "process/stop_signals.h"
#include "resume/resume_state.h"
#include "schema/index_pattern.h"
#include "source/interfaces.h"
#include "supervise/kept_batches.h"
#include "supervise/run_verdict.h"
#include "supervise/supervisor.h"
#include "telemetry/summary.h"
#include "worker/worker.h"

namespace espcap::app {
namespace {

constexpr size_t kMaxWrites = 1024;                 // that wait at a time
constexpr std::chrono::milliseconds kLogTime{400};  // for its last lines

Result<void> PrintInterfaces(telemetry::Log& log) {
  const auto interfaces = source::ListInterfaces();
  if (!interfaces) return tl::unexpected(interfaces.error());
  if (interfaces->empty()) {
    return Fail("list interfaces: none can be seen; {}", live::HowToGetPermission());
  }
  if (auto printed = PrintText(source::FormatInterfaces(*interfaces)); !printed) return printed;
  if (!process::MayCapture()) {
    log.Warning("this user may not capture from any of them: " + live::HowToGetPermission());
  }
  return {};
}

Result<supervise::Quarantine> OpenQuarantine(const cli::CaptureSettings& settings) {
  if (settings.quarantine.empty()) return supervise::Quarantine();
  return supervise::Quarantine::Open(settings.quarantine, settings.quarantine_bytes);
}

// While the zygote gets ready another processor is idle.
Result<void> PlanAhead(const supervise::CaptureQueue& captures, const supervise::Options& options,
                       worker::ShardPlanner& planner) {
  auto job = captures.FirstFile();
  if (options.shards < 2 || !job) return {};
  job->packet_limit = options.packet_limit;
  return planner.StartAhead(*job);
}

Result<std::unique_ptr<resume::ResumeState>> OpenResumeState(const cli::CaptureSettings& settings,
                                                             telemetry::Log& log) {
  auto state = resume::ResumeState::Open(settings.resume, ResumeKey(settings));
  if (!state) return state;
  if ((*state)->was_torn()) {
    log.Warning(settings.resume +
                ": its last line was cut off and is removed: that capture is "
                "taken again");
  }
  log.Verbose(fmt::format("{}: {} captures settled so far", settings.resume, (*state)->size()));
  return state;
}

// The index for implausible times has the same template.
document::BoundedIndex IndicesOf(const cli::CaptureSettings& settings, document::IndexName index) {
  std::string rest = schema::IndexPattern(settings.index);
  if (rest.ends_with('*')) rest.pop_back();
  rest += "implausible-times";
  if (!document::IndexNameFault(rest).empty()) rest = index.For(0);
  return {std::move(index), settings.max_indices, std::move(rest)};
}

void TellImplausibleTimes(const document::BoundedIndex& indices, telemetry::Log& log) {
  if (indices.rest_documents() == 0) return;
  log.Warning(
      fmt::format("packets' times make more than {} indices: {} documents went to {}; "
                  "--max-indices allows more",
                  indices.most(), indices.rest_documents(), indices.rest()));
}

// A remote stream waits for its sender.
supervise::WorkerBatches::CaptureWork CaptureWorkOf(const live::SharedCaptureState* shared_state) {
  return [shared_state](const process::Job& job) -> std::optional<uint64_t> {
    if (live::IsRemote(job.path.data())) return std::nullopt;
    return shared_state->WorkOf(job.interface, job.fanout_index).load(std::memory_order_relaxed);
  };
}

// Of connections whose packets aren't captured; null where none of them could be.
Result<std::shared_ptr<http::LocalPorts>> OwnPorts(const cli::CaptureSettings& settings,
                                                   telemetry::Log& log) {
  const bool has_devices =
      !std::all_of(settings.interfaces.begin(), settings.interfaces.end(), live::IsRemote);
  if (!IsRemote(settings) || !has_devices || settings.device.own_traffic) return {};
  auto ports = http::LocalPorts::Reserve();
  if (!ports) return Fail("{}; --capture-own-traffic does without", ports.error().message);
  log.Info(
      fmt::format("own connections to the server (local ports {}-{}) are not captured; "
                  "--capture-own-traffic captures them too",
                  (*ports)->first(), (*ports)->first() + http::LocalPorts::kCount - 1));
  return ports;
}

Destination DestinationOf(const cli::CaptureSettings& settings) {
  switch (DestinationKindOf(settings)) {
    case DestinationKind::kServer:
      return Destination::kServer;
    case DestinationKind::kForward:
      return Destination::kForward;
    default:
      return Destination::kStream;
  }
}

// The loop, which the log's threads report to, ends with the run.
class LogFlush {
 public:
  explicit LogFlush(telemetry::Log& log) : log_(log) {}
  ~LogFlush() { log_.Flush(kLogTime); }
  LogFlush(const LogFlush&) = delete;
  LogFlush& operator=(const LogFlush&) = delete;

 private:
  telemetry::Log& log_;
};

// A write that can't be interrupted (a disk that hangs) uses what would be destroyed.
[[noreturn]] void LeaveAtOnce(ExitStatus status, telemetry::Log& log) {
  log.Flush(kLogTime);
  ::_exit(static_cast<int>(status));
}

// What a run is to do. Nothing is opened for it yet.
struct Plan {
  std::vector<supervise::InputFile> inputs;
  std::vector<http::NodeUrl> nodes;
  document::IndexName index;
  RunIdentities identities;
  encode::RunOrigin origin;
  worker::WorkerOptions worker_options;
  supervise::Options options;
};

Result<Plan> MakePlan(const cli::CaptureSettings& settings) {
  auto inputs = ListInputs(settings);
  if (!inputs) return Forward(std::move(inputs));
  auto nodes = ParseNodes(settings.nodes);
  if (!nodes) return Forward(std::move(nodes));
  auto index = document::IndexName::Parse(settings.index);
  if (!index) return Forward(std::move(index));
  auto identities = ChooseIdentities(settings);
  if (!identities) return Forward(std::move(identities));
  auto origin = RunOriginOf(settings.origin);
  if (!origin) return Forward(std::move(origin));
  auto worker_options = WorkerOptionsOf(settings, *origin, identities->worker);
  auto options = SuperviseOptionsOf(settings, *nodes, *inputs);
  options.sensor = origin->sensor;
  return Plan{std::move(*inputs),     std::move(*nodes),  std::move(*index),
              std::move(*identities), std::move(*origin), std::move(worker_options),
              std::move(options)};
}

// What people read of a run that has ended.
void TellEnd(const cli::CaptureSettings& settings, const supervise::RunEnd& end,
             const supervise::FilterFit& filter_fit, const document::BoundedIndex& indices,
             std::chrono::steady_clock::duration elapsed, telemetry::Log& log) {
  log.ClearProgress();
  log.WriteLeftOutCounts();
  if (auto fit = filter_fit.Verdict(settings.capture_filter); !fit) log.Error(fit.error().message);
  TellImplausibleTimes(indices, log);
  log.Info(telemetry::FormatSummary(end.ledger, DestinationOf(settings), elapsed));
  if (end.unreadable_files > 0) {
    log.Info(fmt::format("{} {} could not be read", end.unreadable_files,
                         end.unreadable_files == 1 ? "file" : "files"));
  }
}

// Interfaces are opened, and resume state and metrics, before the sink: what is wrong there must
// not cost the output.
Result<ExitStatus> RunCaptures(const char* program_path, const cli::CaptureSettings& settings,
                               const TopicExtent& extent, telemetry::Log& log) {
  auto plan = MakePlan(settings);
  if (!plan) return Forward(std::move(plan));
  log.Record("espcap " ESPCAP_VERSION " started");
  process::InstallStatusSignal();
  const supervise::Options& options = plan->options;
  const worker::WorkerOptions& worker_options = plan->worker_options;
  const live::Options& live = worker_options.live;
  if (worker_options.memory_bytes != 0) {
    log.Verbose(fmt::format("each worker may use {} MiB (--worker-memory)",
                            worker_options.memory_bytes >> 20U));
  }
  supervise::CaptureQueue captures = supervise::CapturesOf(options);
  auto memory =
      MakeRunMemory(supervise::SharesOf(options).slot, options.workers, captures.rings(), live);
  if (!memory) return Forward(std::move(memory));
  worker::WorkerContext context(program_path, worker_options,
                                {*memory->control, memory->slots, memory->rings,
                                 memory->shared_state, memory->duplicates, memory->links});
  worker::ShardPlanner planner(context);
  if (auto begun = PlanAhead(captures, options, planner); !begun) return Forward(std::move(begun));
  const FileAccess files{settings.watch || FilesGo(settings), plan->identities.supervisor,
                         [&settings] { return OpenWatches(settings); }};
  auto processes = StartProcesses(options, files, context, planner, log);
  if (!processes) return Forward(std::move(processes));
  if (auto became = BecomeSupervisor(plan->identities, settings, log); !became) {
    return Forward(std::move(became));
  }
  auto quarantine = OpenQuarantine(settings);
  if (!quarantine) return Forward(std::move(quarantine));
  auto loop = base::EventLoop::Create();
  if (!loop) return Forward(std::move(loop));
  supervise::WorkerPool workers(**loop, std::move(processes->zygote), std::move(processes->opener));
  // These outlive the thread that uses them.
  std::unique_ptr<resume::ResumeState> resume;
  std::unique_ptr<resume::SettledFiles> settled_files;
  auto writes = base::WriteThread::Create(**loop, kMaxWrites);
  if (!writes) return Forward(std::move(writes));
  auto letter_writes = base::WriteThread::Create(**loop, kMaxWrites);
  if (!letter_writes) return Forward(std::move(letter_writes));
  if (auto begun = log.BeginThread(**loop); !begun) return Forward(std::move(begun));
  const LogFlush log_flush(log);

  live::RecordingFiles recordings(live);
  supervise::Accounting::ReadInterfaces read_interfaces;
  if (memory->shared_state != nullptr) {
    read_interfaces = [&] { return ReadInterfaces(*memory->shared_state, live); };
  }
  auto kept =
      supervise::KeptBatches::Create(**loop, options.compression, (options.workers + 2) / 3);
  if (!kept) return Forward(std::move(kept));
  supervise::FilterFit filter_fit;
  document::BoundedIndex indices = IndicesOf(settings, std::move(plan->index));
  supervise::Supervisor supervisor(
      options, {**loop, captures, *memory->control, memory->slots, memory->rings, workers,
                processes->hasher.get(), **kept, supervise::BatchCheck(options.form, &indices),
                std::move(read_interfaces), CaptureWorkOf(memory->shared_state.get()),
                [&recordings](const process::Job& job) {
                  return recordings.OpenNext(job.path.data(), job.fanout_index);
                },
                std::move(*quarantine), filter_fit, **writes, **letter_writes, log});
  auto ports = OwnPorts(settings, log);
  if (!ports) return Forward(std::move(ports));
  if (*ports != nullptr) {
    memory->shared_state->SetOwnPorts({(*ports)->first(), http::LocalPorts::kCount});
  }
  auto topic = FindTopic(settings, *ports, log);
  if (!topic) return Forward(std::move(topic));
  auto needed = NeedsOf(*topic, settings);
  if (!needed) return Forward(std::move(needed));
  DocumentNeeds needs = *needed;
  process::InstallStopSignals();  // before a user is told that packets are captured
  if (auto opened = supervisor.OpenInterfaces(needs); !opened) return Forward(std::move(opened));
  if (!settings.resume.empty()) {
    auto state = OpenResumeState(settings, log);
    if (!state) return Forward(std::move(state));
    resume = std::move(*state);
  }
  auto going = OpenSettledFiles(settings, [&processes](const std::string& path) {
    return processes->file_opener->Hold(path);
  });
  if (!going) return Forward(std::move(going));
  settled_files = std::move(*going);
  DeliveryStats stats;
  ConsumeStats consumption;
  const auto read_run = [&, destination = DestinationOf(settings)] {
    RunSnapshot run = supervisor.Snapshot();
    run.destination = destination;
    if (!settings.from.empty()) run.consumption = &consumption;
    return run;
  };
  RunTelemetry run_telemetry(read_run, IsRemote(settings) ? &stats : nullptr, log);
  if (!settings.metrics.empty()) {
    if (auto served = run_telemetry.ServeMetrics(settings.metrics); !served) {
      return Forward(std::move(served));
    }
  }
  const Run run{**loop, **writes, **letter_writes, log,
                stats,  needs,    *ports,          [&workers] { return workers.OpenReply(); }};
  auto sink = *topic ? OpenTopic(**topic, options.sensor, settings, run)
                     : OpenSink(settings, plan->nodes, plan->inputs, run);
  if (!sink) return Forward(std::move(sink));
  auto written =
      WriteRunDocuments(settings, plan->origin, {plan->nodes, {}, *ports}, **loop, run_telemetry);
  if (!written) return Forward(std::move(written));

  auto jobs = OpenJobs(settings, plan->origin, **loop, log);
  if (!jobs) return Forward(std::move(jobs));
  auto source = OpenSource(settings, extent, options.sensor, run, consumption);
  if (!source) return Forward(std::move(source));

  process::FileOpener::Watches watches;
  if (processes->file_opener != nullptr) watches = processes->file_opener->ReleaseWatches();
  std::vector<base::PollService*> services = run_telemetry.services();
  supervise::CaptureEnds::Tell capture_ended;
  if (*jobs != nullptr) {
    watches.push_back((*jobs)->MakeWatch());
    services.push_back(jobs->get());
    capture_ended = [&jobs](const CaptureEnd& end) { (*jobs)->NoteEnd(end); };
  }
  if (*source != nullptr) services.push_back(source->get());
  const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
  if (on_terminal) MentionShards(settings, plan->inputs, log);
  telemetry::Progress progress(log, !settings.quiet && on_terminal);
  const auto start = std::chrono::steady_clock::now();
  supervise::RunEnd end = supervisor.Run(
      {**sink, resume.get(), settled_files.get(), std::move(watches), std::move(services),
       std::move(capture_ended), source->get(), progress, needs});
  if (*jobs != nullptr) CloseJobs(**jobs, plan->origin, end.ledger, **loop, log);
  if (*source != nullptr) LeaveGroup(**source, **loop, log);
  TellEnd(settings, end, filter_fit, indices, std::chrono::steady_clock::now() - start, log);
  end.is_remote = IsRemote(settings);
  end.errors = log.errors();
  const supervise::RunVerdict verdict = supervise::VerdictOf(end);
  const bool has_no_file = !settings.directories.empty() && plan->inputs.empty();
  if (verdict.status == ExitStatus::kNothingRan && has_no_file) TellNoInput(settings, log);
  run_telemetry.End(end.ledger, verdict.status);
  if (const auto line = supervise::VerdictLine(verdict); !line.empty()) log.Error(line);
  log.Flush(kLogTime);
  if ((*writes)->posted() + (*letter_writes)->posted() > 0) LeaveAtOnce(verdict.status, log);
  return verdict.status;
}

}  // namespace

Result<ExitStatus> RunCaptureCommand(const char* program_path, const cli::CaptureSettings& settings,
                                     telemetry::Log& log) {
  if (settings.list) {
    if (auto printed = PrintInterfaces(log); !printed) return Forward(std::move(printed));
    return ExitStatus::kComplete;
  }
  if (auto checked = CheckSources(settings); !checked) return Forward(std::move(checked));
  if (auto checked = CheckShape(settings); !checked) return Forward(std::move(checked));
  if (settings.from.empty()) return RunCaptures(program_path, settings, {}, log);
  const auto identities = ChooseIdentities(settings);
  if (!identities) return tl::unexpected(identities.error());
  const auto extent = AskExtent(settings, identities->supervisor, log);
  if (!extent) return tl::unexpected(extent.error());
  return RunCaptures(program_path, WithExtent(settings, *extent), *extent, log);
}

}  // namespace espcap::app
