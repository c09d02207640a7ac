// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/packets_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/packet_hits.h"
#include "app/run_identity.h"
#include "app/server_query.h"
#include "process/privileges.h"
#include "retrieve/archive_roots.h"
#include "retrieve/packet_processes.h"
#include "retrieve/retrieval.h"

namespace espcap::app {
namespace {

using retrieve::FileFindings;
using retrieve::Retrieval;

constexpr const char* kTemporaryFolder = "/var/tmp";
constexpr const char* kFileKind = "files whose packets are not found";  // in the log
constexpr int kFilesNamedAtOnce = 100;

Result<std::vector<retrieve::PathMap>> ParseMaps(const std::vector<std::string>& texts) {
  std::vector<retrieve::PathMap> maps;
  for (const std::string& text : texts) {
    auto map = retrieve::ParsePathMap(text);
    if (!map) return Forward(std::move(map));
    maps.push_back(std::move(*map));
  }
  return maps;
}

Result<base::FileDescriptor> OpenOutput(const std::string& path) {
  constexpr mode_t kMode = 0666;  // as far as the umask lets it
  const bool is_standard = path.empty() || path == "-";
  base::FileDescriptor file(
      is_standard ? ::dup(STDOUT_FILENO)
                  : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (file.valid()) return file;
  return Fail("packets: write {}: {}", is_standard ? "standard output" : path,
              std::generic_category().message(errno));
}

// "3 others are in their place, 2 are not there (the file ends after record 7)".
std::string Describe(const FileFindings& findings) {
  std::string text;
  const auto add = [&text](uint64_t count, const std::string& what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(findings.other, "with other records in their place");
  add(findings.not_reached, fmt::format("not there ({})", findings.reason));
  add(findings.unwritable, "of a kind that pcapng can't keep");
  add(findings.undissected, "that libwireshark can't dissect");
  return text;
}

class PacketsRun {
 public:
  PacketsRun(const cli::PacketsSettings& settings, telemetry::Log& log)
      : settings_(settings), log_(log) {}

  Result<ExitStatus> Run(retrieve::PacketProcesses& processes, std::vector<retrieve::PathMap> maps,
                         PacketSearch search) {
    PacketHits& hits = search.hits;
    if (settings_.archive_roots.empty() && !hits.files().empty()) {
      return Fail(
          "packets: --archive-root is missing, below which files may be opened; {} "
          "documents name files in {}",
          hits.found(), hits.DescribeFolders());
    }
    const auto roots = retrieve::ArchiveRoots::Open(settings_.archive_roots, std::move(maps));
    if (!roots) return tl::unexpected(roots.error());
    const char* const folder = std::getenv("TMPDIR");
    auto retrieval =
        Retrieval::Begin(processes, *roots, folder == nullptr ? kTemporaryFolder : folder);
    if (!retrieval) return Forward(std::move(retrieval));
    if (auto read = ReadFiles(*retrieval, hits); !read) return Forward(std::move(read));
    if (auto written = Write(*retrieval); !written) return Forward(std::move(written));
    return Conclude(search);
  }

 private:
  Result<void> ReadFiles(Retrieval& retrieval, PacketHits& hits) {
    for (auto& [path, slots] : hits.files()) {
      const size_t wanted = slots.size();
      log_.Verbose(fmt::format("{}: {} packets wanted", path, wanted));
      auto findings = retrieval.Add(path, slots);
      slots = {};
      if (!findings) return Forward(std::move(findings));
      missing_ += findings->missing();
      if (findings->missing() == 0) continue;
      log_.WriteLimited(telemetry::Log::Level::kError, kFileKind,
                        fmt::format("{}: {} of {} packets not found: {}", path, findings->missing(),
                                    wanted, Describe(*findings)),
                        kFilesNamedAtOnce);
    }
    log_.WriteLeftOutCounts();
    return {};
  }

  Result<void> Write(Retrieval& retrieval) {
    if (!settings_.output.empty() && settings_.output != "-" &&
        retrieval.HasRead(settings_.output)) {
      return Fail("packets: {} is one of the files that the packets are in; name another one",
                  settings_.output);
    }
    const auto out = OpenOutput(settings_.output);
    if (!out) return tl::unexpected(out.error());
    auto written = retrieval.WriteTo(*out);
    if (!written) return Forward(std::move(written));
    written_ = *written;
    return {};
  }

  ExitStatus Conclude(const PacketSearch& search) {
    const uint64_t nameless = search.without_file + search.hits.without_place();
    if (nameless > 0) {
      log_.Error(fmt::format("{} documents don't say where their packets are", nameless));
    }
    if (search.hits.is_cut()) {
      log_.Error(fmt::format("there are more documents than --max-hits {}", settings_.max_hits));
    }
    if (missing_ > 0) log_.Error(fmt::format("{} packets not found", missing_));
    log_.Info(fmt::format("{} documents found, {} packets written",
                          search.hits.found() + search.without_file, written_));
    const bool is_whole = nameless == 0 && missing_ == 0 && !search.hits.is_cut();
    return is_whole ? ExitStatus::kComplete : ExitStatus::kIncomplete;
  }

  const cli::PacketsSettings& settings_;
  telemetry::Log& log_;
  uint64_t missing_ = 0;
  uint64_t written_ = 0;
};

}  // namespace

Result<ExitStatus> RunPacketsCommand(const char* program_path, const cli::PacketsSettings& settings,
                                     telemetry::Log& log) {
  if (settings.nodes.empty()) return Fail("packets: which server? --node says it");
  if (settings.output.empty() && ::isatty(STDOUT_FILENO) == 1) {
    return Fail("packets: standard output is a terminal; name a file with -w");
  }
  const auto query = ReadSearchQuery(settings);
  if (!query) return Fail("packets: {}", query.error().message);
  auto maps = ParseMaps(settings.archive_maps);
  if (!maps) return Forward(std::move(maps));
  // Before there is a connection or a credential that they could inherit.
  std::optional<process::Identity> unprivileged;
  if (::geteuid() == 0) unprivileged = process::FindUser(std::string(kWorkerUser));
  auto processes =
      retrieve::PacketProcesses::Start(unprivileged, {program_path, settings.display_filter});
  if (!processes) return Fail("packets: {}", processes.error().message);
  auto search = SearchPackets(settings, query->json);
  if (!search) return Forward(std::move(search));
  return PacketsRun(settings, log).Run(**processes, std::move(*maps), std::move(*search));
}

}  // namespace espcap::app
