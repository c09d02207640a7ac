// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_options.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "app/destination.h"
#include "app/destination_kind.h"
#include "app/live_checks.h"
#include "app/run_origin.h"
#include "app/server_connection.h"
#include "app/settled_captures.h"
#include "app/topic_destination.h"
#include "kafka/address.h"
#include "live/remote_address.h"
#include "process/memory_budget.h"
#include "schema/curated_fields.h"

namespace espcap::app {
namespace {

live::FanoutOptions FanoutOf(const cli::CaptureSettings& settings) {
  constexpr uint32_t kDefaultProcesses = 2;
  if (settings.fanout_group == 0) return {};
  return {.group = settings.fanout_group,
          .processes = settings.fanout_processes.value_or(kDefaultProcesses)};
}

supervise::BatchForm BatchFormOf(encode::Format format) {
  switch (format) {
    case encode::Format::kBulk:
      return supervise::BatchForm::kBulk;
    case encode::Format::kText:
      return supervise::BatchForm::kText;
    default:
      return supervise::BatchForm::kLines;
  }
}

// One that no other run has.
Fingerprint NewRunId() {
  std::random_device random;
  Fingerprint run{};
  for (uint8_t& byte : run) byte = static_cast<uint8_t>(random());
  return run;
}

source::FlowKey ShardKeyOf(const cli::CaptureSettings& settings) {
  return settings.shard_key == "flow" ? source::FlowKey::kFlow : source::FlowKey::kPair;
}

// Of the packet list.
dissect::ColumnSet ColumnsOf(const cli::CaptureSettings& settings) {
  using dissect::Column;
  if (settings.columns) return dissect::kAllColumns;
  if (settings.detail != "summary") return 0;
  return dissect::SetOf(Column::kProtocol) | dissect::SetOf(Column::kInfo);
}

std::optional<source::DuplicateOptions> DuplicatesOf(const cli::CaptureSettings& settings) {
  if (!settings.duplicate_window) return std::nullopt;
  std::random_device random;
  source::DuplicateOptions options{.window = *settings.duplicate_window};
  for (uint8_t& byte : options.seed) byte = static_cast<uint8_t>(random());
  return options;
}

live::Options LiveOptionsOf(const cli::CaptureSettings& settings) {
  if (settings.interfaces.empty()) return {};
  const cli::DeviceSettings& device = settings.device;
  return {.interfaces = settings.interfaces,
          .device = {.snaplen = device.snaplen,
                     .buffer_bytes = device.buffer_bytes,
                     .promiscuous = device.promiscuous,
                     .monitor = device.monitor,
                     .immediate = device.immediate},
          .limits = {.packets = settings.count, .bytes = settings.max_bytes},
          .key = ShardKeyOf(settings),
          .raw = RawOptionsOf(settings.recording),
          .fanout = FanoutOf(settings),
          .duplicates = DuplicatesOf(settings)};
}

}  // namespace

// A few packets that become gigabytes would be a server's, for ever; a file is the user's own.
encode::DocumentLimits LimitsOf(const cli::CaptureSettings& settings) {
  constexpr uint64_t kServerBytes = uint64_t{1} << 20U;
  constexpr uint32_t kServerValues = 1000;
  const bool is_remote = IsRemote(settings);
  encode::DocumentLimits limits;
  limits.depth = settings.limits.depth;
  limits.bytes = settings.limits.bytes.value_or(is_remote ? kServerBytes : limits.bytes);
  limits.value_bytes = settings.limits.value_bytes;
  const uint32_t values = settings.limits.values.value_or(is_remote ? kServerValues : 0);
  if (values == 0) return limits;
  // Long ones, such as pixels, are fewer.
  constexpr uint64_t kBytesOfValue = 64;
  constexpr uint64_t kMinListBytes = uint64_t{64} << 10U;
  limits.values = values;
  limits.list_bytes = std::max(kMinListBytes, kBytesOfValue * values);
  return limits;
}

encode::Format FormatOf(const cli::CaptureSettings& settings) {
  if (settings.format == "ndjson") return encode::Format::kNdjson;
  if (settings.format == "bulk") return encode::Format::kBulk;
  if (settings.format == "text") return encode::Format::kText;
  return IsRemote(settings) ? encode::Format::kBulk : encode::Format::kNdjson;
}

dissect::Options DissectionOptionsOf(const cli::DissectionSettings& settings) {
  return {.preferences = settings.preferences,
          .foreign_preferences = {},
          .decode_as = settings.decode_as,
          .enable_protocols = settings.enable_protocols,
          .disable_protocols = settings.disable_protocols,
          .enable_heuristics = settings.enable_heuristics,
          .disable_heuristics = settings.disable_heuristics,
          .no_name_resolution = settings.no_name_resolution,
          .name_resolution = settings.name_resolution};
}

live::RawOptions RawOptionsOf(const cli::RecordingSettings& settings) {
  return {.path = settings.path,
          .file_bytes = settings.file_bytes,
          .file_time = settings.file_time,
          .files = settings.files};
}

uint32_t WorkersOf(const cli::CaptureSettings& settings) {
  if (settings.workers != 0) return settings.workers;
  const long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  return cores < 1 ? 1 : static_cast<uint32_t>(cores);
}

uint64_t WorkerMemoryOf(const cli::CaptureSettings& settings) {
  return settings.worker_memory.value_or(process::ShareOfMemory(WorkersOf(settings)));
}

worker::WorkerOptions WorkerOptionsOf(const cli::CaptureSettings& settings,
                                      const encode::RunOrigin& origin,
                                      std::optional<process::Identity> unprivileged) {
  worker::WorkerOptions options;
  options.capture_filter = settings.capture_filter;
  options.display_filter = settings.display_filter;
  options.fields = settings.fields;
  options.protocols = settings.protocols;
  if (settings.detail == "summary") {
    options.fields = schema::SummaryNames();
    options.skips_unknown_fields = true;
    options.tree_filter = settings.tree_filter;
  }
  options.two_pass = settings.two_pass;
  options.dissection = DissectionOptionsOf(settings.dissection);
  options.shape = {.format = FormatOf(settings),
                   .hex = settings.hex,
                   .ecs = settings.ecs,
                   .value_strings = settings.value_strings,
                   .columns = ColumnsOf(settings),
                   .has_trees = !settings.tree_filter.empty(),
                   .limits = LimitsOf(settings)};
  if (HasProvenance(settings)) {
    options.shape.run = origin;
    options.origin_path = SettledPathOf(settings);
  }
  options.typed = settings.typed;
  options.duplicates = DuplicatesOf(settings);
  options.shard_key = ShardKeyOf(settings);
  if (IsTopic(settings)) {
    options.conversation_sensor = origin.sensor;
  }
  if (!settings.from.empty()) {
    if (const auto from = kafka::ParseAddress("--from", settings.from)) {
      options.from_topic = from->topic;
    }
  }
  options.forwards = DestinationKindOf(settings) == DestinationKind::kForward;
  options.forwards_secrets = settings.forward_secrets;
  options.session_limits = {.packets = settings.session_limits.packets,
                            .bytes = settings.session_limits.bytes,
                            .resident_bytes = settings.session_limits.resident_bytes};
  options.flush_interval = settings.flush_interval;
  options.max_unpacked_bytes = settings.max_unpacked_bytes;
  options.live = LiveOptionsOf(settings);
  options.memory_bytes = WorkerMemoryOf(settings);
  options.frame_timeout = settings.frame_timeout;
  options.sandbox = settings.sandbox;
  options.unprivileged = std::move(unprivileged);
  return options;
}

supervise::Options SuperviseOptionsOf(const cli::CaptureSettings& settings,
                                      const std::vector<http::NodeUrl>& nodes,
                                      std::vector<supervise::InputFile> inputs) {
  const bool is_live = !settings.interfaces.empty();
  supervise::Options options;
  // A watch gives what is in its directory itself.
  std::erase_if(inputs, [&settings](const supervise::InputFile& input) {
    return settings.watch && input.skip_if_not_capture;
  });
  options.files = std::move(inputs);
  for (const std::string& name : settings.interfaces) {
    options.interfaces.push_back({name, live::IsRemote(name) ? 1 : FanoutOf(settings).processes});
  }
  options.packet_limit = is_live ? 0 : settings.count;
  options.ends_with_capture = is_live && settings.count != 0;
  options.shards = settings.shards;
  options.two_pass = settings.two_pass;
  options.ordered = settings.ordered.value_or(!IsRemote(settings));
  options.workers = is_live ? LiveWorkersOf(settings, WorkersOf(settings)) : WorkersOf(settings);
  options.max_unpacked_bytes = settings.max_unpacked_bytes;
  options.chunk_documents = settings.chunk;
  options.chunk_bytes = settings.chunk_bytes;
  switch (DestinationKindOf(settings)) {
    case DestinationKind::kServer:
      options.batches_at_sink = BatchesAtServer(settings, nodes.size());
      break;
    case DestinationKind::kTopic:
    case DestinationKind::kForward:
      options.batches_at_sink = kBatchesAtTopic;
      break;
    case DestinationKind::kStream:
      break;
  }
  const bool forwards = DestinationKindOf(settings) == DestinationKind::kForward;
  options.form = forwards ? supervise::BatchForm::kSections : BatchFormOf(FormatOf(settings));
  if (forwards) options.origin_path = SettledPathOf(settings);
  options.index = settings.index;
  options.resume = !settings.resume.empty();
  options.files_go = FilesGo(settings);
  if (is_live || forwards) options.live_run = NewRunId();
  options.compression = CompressionOf(settings, nodes);
  options.duration = settings.duration;
  options.frame_timeout = settings.frame_timeout;
  options.stop_timeout = settings.stop_timeout;
  options.stats_interval = settings.stats_interval;
  return options;
}

}  // namespace espcap::app
