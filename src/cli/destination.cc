// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/destination.h"

#include <sys/stat.h>

#include <utility>

#include "deliver/bulk_sink.h"
#include "deliver/elasticsearch.h"
#include "deliver/stream_sink.h"
#include "schema/index_template.h"

namespace espcap::cli {
namespace {

std::string OutputOf(const CaptureSettings& settings) {
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

// Documents can be indexed without one, too: what goes wrong here is a warning.
void InstallTemplate(deliver::HttpClient& client, const std::string& index, telemetry::Log& log) {
  const auto wanted = schema::PacketTemplate(index);
  if (wanted.index_pattern == "*") {
    log.Warning("no index template installed: --index '" + index +
                "' has no fixed beginning, and it would match every index");
    return;
  }
  const auto outcome = deliver::EnsureTemplate(client, wanted);
  if (!outcome) {
    log.Warning(outcome.error().message + "; the server's own mapping is used");
    return;
  }
  const bool installed = *outcome == deliver::TemplateOutcome::kInstalled;
  log.Verbose(fmt::format("index template for {}: {}", wanted.index_pattern,
                          installed ? "installed as " + wanted.name : "already there"));
}

Result<std::unique_ptr<Sink>> ConnectServer(const CaptureSettings& settings,
                                            const std::vector<deliver::NodeUrl>& nodes,
                                            telemetry::Log& log) {
  auto connection = deliver::Connect(nodes);
  if (!connection) return Forward(std::move(connection));
  const bool compressed = CompressionOf(settings, nodes) != Compression::kNone;
  log.Verbose(fmt::format("{} {} at {}{}", connection->server.name, connection->server.version,
                          connection->client->base_url(),
                          compressed ? ", requests go as gzip" : ""));
  if (!settings.no_template) InstallTemplate(*connection->client, settings.index, log);
  auto errors = std::make_shared<telemetry::RateLimited>(log, &telemetry::Log::Error);
  return std::make_unique<deliver::BulkSink>(
      std::move(connection->client),
      [errors](const std::string& message) { errors->Report(message); });
}

}  // namespace

Result<std::vector<deliver::NodeUrl>> ParseNodes(const std::vector<std::string>& texts) {
  std::vector<deliver::NodeUrl> nodes;
  for (const std::string& text : texts) {
    auto node = deliver::ParseNodeUrl(text);
    if (!node) return Forward(std::move(node));
    nodes.push_back(std::move(*node));
  }
  return nodes;
}

Compression CompressionOf(const CaptureSettings& settings,
                          const std::vector<deliver::NodeUrl>& nodes) {
  if (nodes.empty()) return deliver::CompressionOf(OutputOf(settings));
  const bool is_far = !deliver::AllOnLoopback(nodes);
  return settings.compress.value_or(is_far) ? Compression::kGzip : Compression::kNone;
}

Result<std::unique_ptr<Sink>> OpenSink(const CaptureSettings& settings,
                                       const std::vector<deliver::NodeUrl>& nodes,
                                       const std::vector<supervise::InputFile>& inputs,
                                       telemetry::Log& log) {
  if (!nodes.empty()) return ConnectServer(settings, nodes, log);
  const std::string path = OutputOf(settings);
  if (settings.compress == true && deliver::CompressionOf(path) == Compression::kNone) {
    log.Warning(
        "--compress is for a server: a file is compressed where its name ends in .gz or .zst, "
        "standard output never");
  }
  if (auto safe = CheckOutputIsNoInput(path, inputs); !safe) return Forward(std::move(safe));
  // The documents of captures that are skipped now were written by an earlier run.
  return deliver::StreamSink::Open(path, settings.resume.empty()
                                             ? deliver::StreamSink::Existing::kEmpty
                                             : deliver::StreamSink::Existing::kKeep);
}

}  // namespace espcap::cli
