// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/destination.h"

#include <sys/stat.h>

#include <ctime>
#include <utility>

#include "app/destination_kind.h"
#include "app/refused_documents.h"
#include "app/run_origin.h"
#include "app/server_connection.h"
#include "app/template_install.h"
#include "document/index_name.h"
#include "elasticsearch/bulk_sink.h"
#include "elasticsearch/elasticsearch.h"
#include "schema/index_pattern.h"
#include "sink/spool_sink.h"
#include "sink/stream_sink.h"
#include "spool/spool.h"

namespace espcap::app {
namespace {

std::string OutputOf(const cli::CaptureSettings& settings) {
  return settings.output.empty() ? "-" : settings.output;
}

// Opening the output empties it: a capture would be gone.
Result<void> CheckOutputIsNoInput(const std::string& output,
                                  const std::vector<supervise::InputFile>& inputs) {
  struct stat out {};
  if (output == "-" || ::stat(output.c_str(), &out) != 0 || !S_ISREG(out.st_mode)) return {};
  for (const supervise::InputFile& input : inputs) {
    struct stat in {};
    if (::stat(input.path.c_str(), &in) == 0 && in.st_dev == out.st_dev &&
        in.st_ino == out.st_ino) {
      return Fail("--output {}: is one of the captures to be read", output);
    }
  }
  return {};
}

Result<ServerUse> UseOf(const cli::CaptureSettings& settings, const Run& run) {
  telemetry::Log& log = run.log;
  auto refused = RefusedDocuments::Open(settings, run);
  if (!refused) return Forward(std::move(refused));
  const std::string pattern = schema::IndexPattern(settings.index);
  const bool matches_every_index = pattern == "*";
  if (matches_every_index && !settings.no_template) {
    log.Warning("no index template installed: --index '" + settings.index +
                "' has no fixed beginning, and it would match every index");
  }
  ServerUse use;
  use.ports = run.ports;
  use.reads = &run.letter_writes;
  using WhenFull = elasticsearch::DocumentOutcomes::WhenFull;
  const WhenFull waiting = settings.interfaces.empty() ? WhenFull::kWait : WhenFull::kDrop;
  use.when_letters_full = settings.dead_letters_full == "stop" ? WhenFull::kStop : waiting;
  auto index = document::IndexName::Parse(settings.index);
  if (!index) return Forward(std::move(index));
  use.preparation.index = index->For(std::time(nullptr));
  use.preparation.own = {pattern, schema::TemplateName(pattern), settings.template_priority};
  use.preparation.install_template = !settings.no_template && !matches_every_index;
  use.preparation.learn_value_limit = settings.limits.value_bytes == 0;
  use.preparation.has_timestamp = settings.ecs;
  use.preparation.has_provenance = HasProvenance(settings);
  use.preparation.label_keys = LabelKeysOf(settings.origin);
  if (use.preparation.install_template) {
    // Now: a zygote may have ended by the time that the server has answered.
    auto fields = run.open_fields();
    if (!fields) return Fail("make the index template: {}", fields.error().message);
    use.template_maker = std::make_unique<FieldTemplateMaker>(std::move(*fields), settings);
  }
  use.prepared = [pattern, &log, &needs = run.needs](
                     const http::NodeUrl& node, const elasticsearch::ServerIdentity& server,
                     const elasticsearch::Preparation& preparation) {
    log.Verbose(fmt::format("{} {} at {}", server.name, server.version, node.base));
    if (const std::string& outcome = preparation.template_outcome(); !outcome.empty()) {
      log.Verbose("index template for " + pattern + ": " + outcome);
    }
    needs = preparation.found().needs;
    if (needs.value_bytes != 0) {
      log.Verbose(fmt::format("the template has a flat_object: texts are cut at {} bytes",
                              needs.value_bytes));
    }
    if (needs.timestamp) log.Verbose(pattern + " is a data stream: documents have an @timestamp");
  };
  use.keep_refused = [refused = *refused](const Batch& batch, std::span<const Refusal> refusals,
                                          std::function<void(Result<size_t>)> kept) {
    refused.Keep(batch, refusals, std::move(kept));
  };
  use.sync_refused = [refused = *refused](Sink::SyncDone done) { refused.Sync(std::move(done)); };
  return use;
}

Result<std::unique_ptr<Sink>> OpenServer(const cli::CaptureSettings& settings,
                                         const std::vector<http::NodeUrl>& nodes, const Run& run) {
  telemetry::Log& log = run.log;
  const spool::Reports reports = {[&log](const std::string& message) { log.Warning(message); },
                                  [&log](const std::string& message) { log.Error(message); }};
  std::unique_ptr<sink::SpoolQueue> spool;
  if (!settings.spool.empty()) {
    auto opened =
        sink::SpoolQueue::Open({settings.spool, settings.spool_bytes}, run.writes, reports);
    if (!opened) return Forward(std::move(opened));
    spool = std::move(*opened);
    if (const uint64_t documents = spool->numbers().documents; documents > 0) {
      log.Info(
          fmt::format("{}: {} documents of earlier runs are sent too", settings.spool, documents));
    }
  }
  auto use = UseOf(settings, run);
  if (!use) return Forward(std::move(use));
  if (spool != nullptr) {
    use->meanwhile = fmt::format("documents go to {} meanwhile", settings.spool);
  }
  auto made = MakeBulkSink(run.loop, settings, nodes, std::move(*use), log, run.stats);
  if (!made) return Forward(std::move(made));
  std::unique_ptr<elasticsearch::BulkSink> server = std::move(*made);
  if (spool == nullptr) return server;
  return std::make_unique<sink::SpoolSink>(
      run.loop, std::move(server), std::move(spool),
      settings.interfaces.empty() ? sink::WhenFull::kBlock : sink::WhenFull::kDropNewest, reports,
      run.stats);
}

}  // namespace

Compression CompressionOf(const cli::CaptureSettings& settings,
                          const std::vector<http::NodeUrl>& nodes) {
  // librdkafka compresses itself.
  if (IsTopic(settings)) return Compression::kNone;
  if (nodes.empty()) return sink::CompressionOf(OutputOf(settings));
  return CompressesFor(settings, nodes) ? Compression::kGzip : Compression::kNone;
}

Result<std::unique_ptr<Sink>> OpenSink(const cli::CaptureSettings& settings,
                                       const std::vector<http::NodeUrl>& nodes,
                                       const std::vector<supervise::InputFile>& inputs,
                                       const Run& run) {
  if (!nodes.empty()) return OpenServer(settings, nodes, run);
  const std::string path = OutputOf(settings);
  if (settings.compress == true && sink::CompressionOf(path) == Compression::kNone) {
    run.log.Warning(
        "--compress is for a server: a file is compressed where its name ends in .gz or .zst, "
        "standard output never");
  }
  if (auto safe = CheckOutputIsNoInput(path, inputs); !safe) return Forward(std::move(safe));
  // The documents of captures that are skipped now were written by an earlier run.
  auto file = sink::OutputFile::Open(path,
                                     settings.resume.empty() ? sink::OutputFile::Existing::kEmpty
                                                             : sink::OutputFile::Existing::kKeep,
                                     run.writes.stop_waiting_flag());
  if (!file) return Forward(std::move(file));
  return std::make_unique<sink::StreamSink>(std::move(*file), run.writes);
}

}  // namespace espcap::app
