// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/show_command.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "app/archive_files.h"
#include "app/moved_captures.h"
#include "app/packet_hits.h"
#include "app/run_plans.h"
#include "app/server_query.h"
#include "app/standard_output.h"
#include "base/path_text.h"
#include "base/write_all.h"
#include "dissect/epan_library.h"
#include "process/file_hasher.h"
#include "retrieve/kept_file.h"
#include "retrieve/view_processes.h"
#include "telemetry/progress.h"

namespace espcap::app {
namespace {

using retrieve::FileFindings;
using retrieve::RecordSlot;
using retrieve::ViewFormat;

ViewFormat FormatOf(const cli::ShowSettings& settings) {
  if (settings.format == "ndjson") return ViewFormat::kDocuments;
  return settings.format == "columns" ? ViewFormat::kColumns : ViewFormat::kDetails;
}

std::set<std::string> RunsOf(PacketHits& hits) {
  std::set<std::string> runs;
  for (const auto& [file, slots] : hits.files()) runs.insert(file.run);
  return runs;
}

// What is shown goes to a file or to standard output.
class Output {
 public:
  static Result<Output> Open(const std::string& path) {
    Output output;
    if (path.empty() || path == "-") return output;
    auto file = OpenOutput("show", path);
    if (!file) return Forward(std::move(file));
    output.file_ = std::move(*file);
    return output;
  }

  [[nodiscard]] Result<void> Write(std::string_view text) const {
    if (!file_.valid()) return PrintText(text);
    const int error = base::WriteAll(file_.get(), text);
    if (error == 0) return {};
    return Fail("show: write: {}", std::generic_category().message(error));
  }

 private:
  base::FileDescriptor file_;  // none: standard output
};

class ShowRun {
 public:
  ShowRun(const cli::ShowSettings& settings, telemetry::Log& log)
      : settings_(settings), log_(log) {}

  Result<ExitStatus> Run(retrieve::ViewProcesses& processes,
                         std::unique_ptr<process::FileHasher> hasher,
                         std::vector<retrieve::PathMap> maps, PacketSearch search) {
    PacketHits& hits = search.hits;
    const auto roots = OpenArchive("show", settings_, std::move(maps), hits);
    if (!roots) return tl::unexpected(roots.error());
    auto plans = FetchRunPlans(settings_, RunsOf(hits));
    if (!plans) return tl::unexpected(plans.error());
    auto kept = retrieve::MakeKeptFile(TemporaryFolder());
    if (!kept) return Forward(std::move(kept));
    auto unpacked = retrieve::MakeKeptFile(TemporaryFolder());
    if (!unpacked) return Forward(std::move(unpacked));
    auto output = Output::Open(settings_.output);
    if (!output) return Forward(std::move(output));
    has_headings_ = hits.files().size() > 1 && FormatOf(settings_) != ViewFormat::kDocuments;
    MovedCaptures moved(*roots, std::move(hasher), settings_, hits.captures(), log_);
    const Files files{*roots, *kept, *unpacked, *output, moved};
    for (RunPlan& run : *plans) {
      run.plan.shape.timestamp = hits.runs_with_timestamp().contains(run.plan.run);
      if (auto shown = ShowFiles(processes, run, hits, files); !shown) {
        return Forward(std::move(shown));
      }
    }
    log_.WriteLeftOutCounts();
    moved.Conclude();
    const bool is_whole = TellWhatIsMissing("show", search, settings_.max_hits, missing_, log_);
    log_.Info(fmt::format("{} documents found, {} packets shown",
                          search.hits.found() + search.nameless, shown_));
    return is_whole ? ExitStatus::kComplete : ExitStatus::kIncomplete;
  }

 private:
  struct Files {
    const retrieve::ArchiveRoots& roots;
    const base::FileDescriptor& kept;
    const base::FileDescriptor& unpacked;
    const Output& output;
    MovedCaptures& moved;
  };

  // Of one run.
  Result<void> ShowFiles(retrieve::ViewProcesses& processes, RunPlan& run, PacketHits& hits,
                         const Files& files) {
    run.plan.format = FormatOf(settings_);
    run.plan.pair_only = settings_.pair_only;
    run.plan.dissection.preferences = settings_.preferences;
    const auto followed = processes.Follow(run.plan);
    Remark(run, followed ? *followed : std::string());
    for (auto& [file, slots] : hits.files()) {
      if (file.run != run.plan.run) continue;
      auto findings = followed ? ShowFile(processes, file.path, slots, files)
                               : Result<FileFindings>(Unreached(slots, followed.error().message));
      const size_t wanted = slots.size();
      slots = {};
      if (!findings) return Forward(std::move(findings));
      missing_ += findings->missing();
      shown_ += findings->found;
      TellMissing(kFilesKind, file.path, wanted, *findings, log_);
    }
    return {};
  }

  void Remark(const RunPlan& run, const std::string& left_out) {
    const auto warn = [this, &run](const std::string& text) {
      log_.Warning(fmt::format("run {}: {}", run.plan.run, text));
    };
    for (const std::string& remark : run.remarks) warn(remark);
    std::istringstream lines(left_out);
    for (std::string line; std::getline(lines, line);) warn(line);
    const std::string version = dissect::EpanLibrary::Version();
    if (!run.libwireshark.empty() && run.libwireshark != version) {
      warn(fmt::format("libwireshark {} made its documents, and this is {}: they may differ",
                       run.libwireshark, version));
    }
  }

  static FileFindings Unreached(std::span<const RecordSlot> slots, const std::string& reason) {
    FileFindings findings;
    findings.not_reached = slots.size();
    findings.reason = reason;
    return findings;
  }

  Result<FileFindings> ShowFile(retrieve::ViewProcesses& processes, const std::string& path,
                                std::vector<RecordSlot>& slots, const Files& files) {
    log_.Verbose(fmt::format("{}: {} packets wanted", path, slots.size()));
    const auto opened = files.roots.OpenFile(path);
    auto findings = opened ? ShowFrom(processes, *opened, path, slots, files)
                           : Result<FileFindings>(Unreached(slots, opened.error().message));
    if (!findings) return findings;
    return files.moved.Complete(
        path, slots, std::move(*findings),
        [&](const retrieve::ArchivedFile& file, std::span<RecordSlot> missing) {
          return ShowFrom(processes, file, path, missing, files);
        });
  }

  Result<FileFindings> ShowFrom(retrieve::ViewProcesses& processes,
                                const retrieve::ArchivedFile& opened, const std::string& path,
                                std::span<RecordSlot> slots, const Files& files) {
    const auto capture =
        retrieve::CaptureInput::Of(path, opened.member, settings_.max_unpacked_bytes);
    if (!capture) return Unreached(slots, capture.error().message);
    if (auto emptied = retrieve::EmptyKeptFile(files.kept); !emptied) {
      return Forward(std::move(emptied));
    }
    struct stat status {};
    // How much a packed one holds isn't known.
    if (opened.member.empty()) ::fstat(opened.file.get(), &status);
    telemetry::Progress progress(log_, !settings_.quiet && ::isatty(STDERR_FILENO) == 1);
    const auto fault =
        processes.View(*capture, {opened.file, files.unpacked, files.kept}, slots,
                       [&progress, &status](uint64_t records, uint64_t bytes) {
                         progress.Update({bytes, static_cast<uint64_t>(status.st_size), records});
                       });
    log_.ClearProgress();
    if (!fault) return tl::unexpected(fault.error());
    if (!fault->empty()) {
      if (auto space = retrieve::CheckSpaceOf(files.kept); !space) return Forward(std::move(space));
    }
    FileFindings findings = retrieve::FindingsOf(slots);
    findings.unselected = std::exchange(findings.filtered, 0);
    if (findings.not_reached > 0) findings.reason = *fault;
    if (findings.found == 0) return findings;
    if (has_headings_) {
      auto headed = files.output.Write(fmt::format("==> {} <==\n", base::PathText(path)));
      if (!headed) return Forward(std::move(headed));
    }
    auto copied = retrieve::CopyKeptFile(
        files.kept, [&files](std::string_view text) { return files.output.Write(text); });
    if (!copied) return Forward(std::move(copied));
    return findings;
  }

  const cli::ShowSettings& settings_;
  telemetry::Log& log_;
  bool has_headings_ = false;
  uint64_t missing_ = 0;
  uint64_t shown_ = 0;
};

}  // namespace

Result<ExitStatus> RunShowCommand(const char* program_path, const cli::ShowSettings& settings,
                                  telemetry::Log& log) {
  if (settings.nodes.empty()) return Fail("show: which server? --node says it");
  const auto query = ReadSearchQuery(settings);
  if (!query) return Fail("show: {}", query.error().message);
  auto maps = ParseArchiveMaps(settings.archive_maps);
  if (!maps) return Forward(std::move(maps));
  // Before there is a connection or a credential that they could inherit.
  const auto unprivileged = ReaderIdentity();
  auto processes = retrieve::ViewProcesses::Start(unprivileged, program_path);
  if (!processes) return Fail("show: {}", processes.error().message);
  auto hasher = StartArchiveHasher(settings, unprivileged);
  if (!hasher) return Fail("show: {}", hasher.error().message);
  auto search =
      SearchPackets(settings, query->request,
                    {PacketHits::Runs::kKept, !settings.archive_roots.empty(), std::string()}, log);
  if (!search) return Forward(std::move(search));
  return ShowRun(settings, log)
      .Run(**processes, std::move(*hasher), std::move(*maps), std::move(*search));
}

}  // namespace espcap::app
