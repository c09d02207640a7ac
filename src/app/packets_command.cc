// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/packets_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/archive_files.h"
#include "app/moved_captures.h"
#include "app/packet_hits.h"
#include "app/server_query.h"
#include "app/topic_packets.h"
#include "process/file_hasher.h"
#include "retrieve/archive_roots.h"
#include "retrieve/packet_processes.h"
#include "retrieve/retrieval.h"

namespace espcap::app {
namespace {

using retrieve::Retrieval;

class PacketsRun {
 public:
  // `topic` is null where none is named.
  PacketsRun(const cli::PacketsSettings& settings, TopicPackets* topic, telemetry::Log& log)
      : settings_(settings), topic_(topic), log_(log) {}

  Result<ExitStatus> Run(retrieve::PacketProcesses& processes,
                         std::unique_ptr<process::FileHasher> hasher,
                         std::vector<retrieve::PathMap> maps, PacketSearch search) {
    PacketHits& hits = search.hits;
    if (settings_.adds_conversations && !hits.messages().messages().empty()) {
      return Fail(
          "packets: --conversation follows conversations in files, and packets are in messages of "
          "{}; leave out --conversation, or --kafka-brokers and --kafka-topic",
          settings_.kafka_topic);
    }
    const auto roots = OpenArchive("packets", settings_, std::move(maps), hits);
    if (!roots) return tl::unexpected(roots.error());
    auto retrieval =
        Retrieval::Begin(processes, *roots, TemporaryFolder(), settings_.max_unpacked_bytes);
    if (!retrieval) return Forward(std::move(retrieval));
    MovedCaptures moved(*roots, std::move(hasher), settings_, hits.captures(), log_);
    if (topic_ != nullptr) {
      const auto missing = topic_->Read(*retrieval, hits);
      if (!missing) return tl::unexpected(missing.error());
      missing_ += *missing;
    }
    if (auto read = ReadFiles(*retrieval, moved, hits); !read) return Forward(std::move(read));
    if (auto written = Write(*retrieval); !written) return Forward(std::move(written));
    return Conclude(search);
  }

 private:
  Result<void> ReadFiles(Retrieval& retrieval, MovedCaptures& moved, PacketHits& hits) {
    for (auto& [file, slots] : hits.files()) {
      const size_t wanted = slots.size();
      log_.Verbose(fmt::format("{}: {} packets wanted", file.path, wanted));
      auto findings = ReadFile(retrieval, moved, file.path, slots);
      slots = {};
      if (!findings) return Forward(std::move(findings));
      missing_ += findings->missing();
      if (!findings->rest_fault.empty()) TellRest(file.path, findings->rest_fault);
      TellMissing(kFilesKind, file.path, wanted, *findings, log_);
    }
    log_.WriteLeftOutCounts();
    moved.Conclude();
    return {};
  }

  Result<retrieve::FileFindings> ReadFile(Retrieval& retrieval, MovedCaptures& moved,
                                          const std::string& path,
                                          std::vector<retrieve::RecordSlot>& slots) const {
    auto findings = retrieval.Add(path, slots);
    if (!findings) return findings;
    // Of a copy, conversations that are written already would be written once more.
    if (settings_.adds_conversations && findings->found > 0) return findings;
    return moved.Complete(
        path, slots, std::move(*findings),
        [&](const retrieve::ArchivedFile& file, std::span<retrieve::RecordSlot> missing) {
          return retrieval.AddFrom(file, path, missing);
        });
  }

  void TellRest(const std::string& path, const std::string& fault) {
    is_rest_whole_ = false;
    log_.WriteLimited(
        telemetry::Log::Level::kError, "files with incomplete conversations",
        fmt::format("{}: packets of the conversations may be missing: {}", path, fault));
  }

  Result<void> Write(Retrieval& retrieval) {
    if (!settings_.output.empty() && settings_.output != "-" &&
        retrieval.HasRead(settings_.output)) {
      return Fail("packets: {} is one of the files that the packets are in; name another one",
                  settings_.output);
    }
    const auto out = OpenOutput("packets", settings_.output);
    if (!out) return tl::unexpected(out.error());
    auto written = retrieval.WriteTo(*out);
    if (!written) return Forward(std::move(written));
    written_ = *written;
    return {};
  }

  ExitStatus Conclude(const PacketSearch& search) {
    const bool is_whole = TellWhatIsMissing("packets", search, settings_.max_hits, missing_, log_);
    log_.Info(fmt::format("{} documents found, {} packets written",
                          search.hits.found() + search.nameless, written_));
    return is_whole && is_rest_whole_ ? ExitStatus::kComplete : ExitStatus::kIncomplete;
  }

  const cli::PacketsSettings& settings_;
  TopicPackets* topic_;
  telemetry::Log& log_;
  uint64_t missing_ = 0;
  uint64_t written_ = 0;
  bool is_rest_whole_ = true;  // of the conversations
};

}  // namespace

Result<ExitStatus> RunPacketsCommand(const char* program_path, const cli::PacketsSettings& settings,
                                     telemetry::Log& log) {
  if (settings.nodes.empty()) return Fail("packets: which server? --node says it");
  if (settings.output.empty() && ::isatty(STDOUT_FILENO) == 1) {
    return Fail("packets: standard output is a terminal; name a file with -w");
  }
  if (settings.kafka_brokers.empty() != settings.kafka_topic.empty()) {
    return Fail("packets: --kafka-brokers and --kafka-topic go together; give both, or none");
  }
  const auto query = ReadSearchQuery(settings);
  if (!query) return Fail("packets: {}", query.error().message);
  auto maps = ParseArchiveMaps(settings.archive_maps);
  if (!maps) return Forward(std::move(maps));
  // Before there is a connection or a credential that they could inherit.
  const auto unprivileged = ReaderIdentity();
  auto processes = retrieve::PacketProcesses::Start(
      unprivileged, {program_path, settings.display_filter, settings.adds_conversations});
  if (!processes) return Fail("packets: {}", processes.error().message);
  auto hasher = StartArchiveHasher(settings, unprivileged);
  if (!hasher) return Fail("packets: {}", hasher.error().message);
  const auto topic = TopicPackets::Open(settings, log);
  if (!topic) return Fail("packets: {}", topic.error().message);
  auto search = SearchPackets(
      settings, query->request,
      {PacketHits::Runs::kDontMatter, !settings.archive_roots.empty(), settings.kafka_topic}, log);
  if (!search) return Forward(std::move(search));
  return PacketsRun(settings, topic->get(), log)
      .Run(**processes, std::move(*hasher), std::move(*maps), std::move(*search));
}

}  // namespace espcap::app
