// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/capture_command.h"

#include <unistd.h>

#include <chrono>
#include <climits>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/destination.h"
#include "cli/live_checks.h"
#include "cli/purpose.h"
#include "cli/run_telemetry.h"
#include "cli/server_connection.h"
#include "deliver/resume_state.h"
#include "deliver/stream_sink.h"
#include "live/device.h"
#include "pipeline.h"
#include "process/status_signal.h"
#include "process/stop_signals.h"
#include "source/input_files.h"
#include "source/interfaces.h"
#include "telemetry/summary.h"

namespace espcap::cli {
namespace {

Result<void> PrintInterfaces(telemetry::Log& log) {
  const auto interfaces = source::ListInterfaces();
  if (!interfaces) return tl::unexpected(interfaces.error());
  if (interfaces->empty()) {
    return Fail("list interfaces: none can be seen; {}", live::HowToGetPermission());
  }
  fmt::print("{}", source::FormatInterfaces(*interfaces));
  if (!process::MayCapture()) {
    log.Warning("none of them can be captured from now: " + live::HowToGetPermission());
  }
  return {};
}

Result<void> CheckSources(const CaptureSettings& settings) {
  const bool has_files = !settings.files.empty() || !settings.directories.empty();
  const bool has_interfaces = !settings.interfaces.empty();
  if (has_files && has_interfaces) {
    return Fail("You cannot specify file and live capture at the same time");
  }
  if (!has_files && !has_interfaces) return Fail("You must specify either file or live capture");
  if (settings.watch && settings.directories.empty()) return Fail("--watch follows a --dir");
  if (has_interfaces) return CheckLive(settings);
  if (!settings.raw.path.empty()) return Fail("--write keeps what is captured: it goes with --nic");
  return {};
}

Result<void> CheckShape(const CaptureSettings& settings) {
  if (!settings.nodes.empty() && !settings.output.empty()) {
    return Fail("--node and --output: choose one destination");
  }
  if (!settings.nodes.empty() &&
      settings.format.value_or(encode::Format::kBulk) != encode::Format::kBulk) {
    return Fail("--format: a server takes bulk only; leave --format out");
  }
  if (settings.shards > 1 && settings.format == encode::Format::kText) {
    return Fail("--format text numbers the packets one after another: it takes no --shards");
  }
  const bool is_compressed = deliver::CompressionOf(settings.output) != Compression::kNone;
  if (!settings.resume.empty() && is_compressed) {
    return Fail(
        "--resume can't go on with a compressed --output {}: leave the ending out, or use "
        "a file a run",
        settings.output);
  }
  if (!settings.spool.empty() && settings.nodes.empty()) {
    return Fail("--spool keeps documents for a server: give --node too");
  }
  if (settings.quiet && settings.verbose) return Fail("--quiet and --verbose: choose one");
  return {};
}

Result<std::vector<supervise::InputFile>> InputFiles(const CaptureSettings& settings) {
  std::vector<supervise::InputFile> inputs;
  for (const std::string& file : settings.files) {
    if (file.size() >= PATH_MAX) {
      return Fail("open {}...: the name is too long", file.substr(0, 64));
    }
    inputs.push_back({file, false});
  }
  for (const std::string& directory : settings.directories) {
    auto files = source::FilesOfDirectory(directory, settings.recursive);
    if (!files) return Forward(std::move(files));
    for (std::string& file : *files) inputs.push_back({std::move(file), true});
  }
  return inputs;
}

Result<Pipeline::Watches> OpenWatches(const CaptureSettings& settings) {
  Pipeline::Watches watches;
  for (const std::string& directory : settings.directories) {
    auto watch = source::DirectoryWatch::Open(directory, settings.recursive);
    if (!watch) return Forward(std::move(watch));
    watches.push_back(std::move(*watch));
  }
  return watches;
}

uint32_t WorkersOf(const CaptureSettings& settings) {
  if (settings.workers != 0) return settings.workers;
  const long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  return cores < 1 ? 1 : static_cast<uint32_t>(cores);
}

live::FanoutOptions FanoutOf(const CaptureSettings& settings) {
  constexpr uint32_t kDefaultProcesses = 2;
  if (settings.fanout_group == 0) return {};
  return {settings.fanout_group, settings.fanout_processes.value_or(kDefaultProcesses)};
}

PipelineOptions OptionsOf(const CaptureSettings& settings,
                          const std::vector<deliver::NodeUrl>& nodes,
                          std::vector<supervise::InputFile> inputs) {
  const bool to_server = !settings.nodes.empty();
  const bool is_live = !settings.interfaces.empty();
  constexpr uint32_t kFilesAhead = 64;
  PipelineOptions options;
  options.capture = {
      settings.capture_filter,
      settings.display_filter,
      settings.fields,
      settings.protocols,
      settings.two_pass,
      settings.dissection,
      {settings.format.value_or(to_server ? encode::Format::kBulk : encode::Format::kNdjson),
       settings.hex, settings.ecs, settings.limits},
      settings.typed,
      settings.index,
      settings.shard_key,
      !settings.resume.empty(),
      settings.session_limits};
  // A watch gives what is in its directory itself.
  std::erase_if(inputs, [&settings](const supervise::InputFile& input) {
    return settings.watch && input.may_be_foreign;
  });
  options.files = std::move(inputs);
  options.packet_limit = is_live ? 0 : settings.count;
  options.shards = settings.shards;
  options.ordered = settings.ordered.value_or(!to_server);
  options.workers = is_live ? LiveWorkersOf(settings, WorkersOf(settings)) : WorkersOf(settings);
  options.chunk_documents = settings.chunk;
  options.chunk_bytes = settings.chunk_bytes;
  if (to_server) {
    options.batches_at_sink = BatchesAtServer(settings, nodes.size());
  } else {
    // Each has a share of the memory, which makes batches smaller: a server wants them large.
    options.files_ahead = kFilesAhead;
  }
  options.compression = CompressionOf(settings, nodes);
  options.duration = settings.duration;
  options.stats_interval = settings.stats_interval;
  options.capture.flush_interval = settings.flush_interval;
  if (is_live) {
    options.capture.live = {
        settings.interfaces, settings.device, {settings.count, settings.max_bytes},
        settings.shard_key,  settings.raw,    FanoutOf(settings)};
  }
  return options;
}

Result<std::unique_ptr<deliver::ResumeState>> OpenResumeState(const CaptureSettings& settings,
                                                              telemetry::Log& log) {
  auto state = deliver::ResumeState::Open(settings.resume, PurposeOf(settings));
  if (!state) return state;
  if ((*state)->was_torn()) {
    log.Warning(settings.resume +
                ": its last line was cut off and is removed: that capture is "
                "taken again");
  }
  log.Verbose(fmt::format("{}: {} captures settled so far", settings.resume, (*state)->size()));
  return state;
}

// Sharding changes documents, so it is only ever asked for; who waits for one large file should
// know that it exists.
void MentionShards(const CaptureSettings& settings, const std::vector<supervise::InputFile>& inputs,
                   telemetry::Log& log) {
  constexpr uintmax_t kLargeBytes = uintmax_t{64} << 20U;
  const uint32_t workers = WorkersOf(settings);
  if (settings.shards > 1 || inputs.size() >= workers || settings.count != 0) return;
  for (const supervise::InputFile& input : inputs) {
    std::error_code ignored;
    const uintmax_t bytes = std::filesystem::file_size(input.path, ignored);
    if (ignored || bytes < kLargeBytes) continue;
    log.Info(
        fmt::format("{} is large, and one worker takes it: --shards {} shares it out "
                    "(the README says what that changes)",
                    input.path, workers));
    return;
  }
}

Result<void> RunCaptures(const char* program_path, const CaptureSettings& settings,
                         telemetry::Log& log) {
  auto inputs = InputFiles(settings);
  if (!inputs) return Forward(std::move(inputs));
  auto nodes = ParseNodes(settings.nodes);
  if (!nodes) return Forward(std::move(nodes));
  log.Record("espcap " ESPCAP_VERSION " started");
  process::InstallStatusSignal();
  auto unprivileged = process::UnprivilegedIdentity(settings.run_as);
  if (!unprivileged) return Forward(std::move(unprivileged));
  PipelineOptions options = OptionsOf(settings, *nodes, *inputs);
  options.capture.unprivileged = *unprivileged;
  options.capture.sandbox = settings.sandbox;
  auto pipeline = Pipeline::Start(program_path, std::move(options), log);
  if (!pipeline) return Forward(std::move(pipeline));
  process::InstallStopSignals();
  if (settings.watch) {
    auto watches = OpenWatches(settings);
    if (!watches) return Forward(std::move(watches));
    (*pipeline)->Watch(std::move(*watches));
  }
  // Opened before the sink: a wrong one must not cost the output.
  std::unique_ptr<deliver::ResumeState> resume;
  if (!settings.resume.empty()) {
    auto state = OpenResumeState(settings, log);
    if (!state) return Forward(std::move(state));
    resume = std::move(*state);
    (*pipeline)->Resume(*resume);
  }
  deliver::DeliveryStats stats;
  RunTelemetry run_telemetry(**pipeline, settings.nodes.empty() ? nullptr : &stats, log);
  if (!settings.metrics.empty()) {
    if (auto served = run_telemetry.ServeMetrics(settings.metrics); !served) return served;
  }
  auto sink =
      OpenSink(program_path, settings, *nodes, *inputs,
               {log, stats, [&pipeline](uint64_t bytes) { (*pipeline)->LimitValues(bytes); }});
  if (!sink) return Forward(std::move(sink));

  const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
  if (on_terminal) MentionShards(settings, *inputs, log);
  telemetry::Progress progress(!settings.quiet && on_terminal);
  log.SetBeforeLine([&progress] { progress.Clear(); });
  const auto start = std::chrono::steady_clock::now();
  const Ledger ledger = (*pipeline)->Run(**sink, progress);
  log.SetBeforeLine(nullptr);
  log.Info(telemetry::FormatSummary(
      ledger,
      settings.nodes.empty() ? telemetry::Destination::kStream : telemetry::Destination::kServer,
      std::chrono::steady_clock::now() - start));
  if (!ledger.Balanced()) {
    return Fail(
        "the ledger doesn't balance: {} packets came in, {} have an outcome; this is a bug "
        "in espcap",
        ledger.captured + ledger.recovered, ledger.Settled());
  }
  const uint64_t lost = ledger.failed + ledger.abandoned + ledger.dropped;
  if (lost > 0 && log.errors() == 0) return Fail("{} packets were not delivered", lost);
  return {};
}

}  // namespace

Result<void> RunCaptureCommand(const char* program_path, const CaptureSettings& settings,
                               telemetry::Log& log) {
  if (settings.list) return PrintInterfaces(log);
  if (auto checked = CheckSources(settings); !checked) return checked;
  if (auto checked = CheckShape(settings); !checked) return checked;
  return RunCaptures(program_path, settings, log);
}

}  // namespace espcap::cli
