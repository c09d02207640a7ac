// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/archive_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/run_identity.h"

namespace espcap::app {
namespace {

using retrieve::FileFindings;

constexpr const char* kTemporaryFolder = "/var/tmp";
constexpr int kNamedAtOnce = 100;

// "3 others are in their place, 2 are not there (the file ends after record 7)".
std::string Describe(const FileFindings& findings) {
  std::string text;
  const auto add = [&text](uint64_t count, const std::string& what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(findings.other, "with other records in their place");
  add(findings.not_reached, fmt::format("not there ({})", findings.reason));
  add(findings.unwritable, "of a kind, or a time before 1970, that pcapng can't keep");
  add(findings.undissected, "that libwireshark can't dissect");
  add(findings.unselected, "that their run's --filter doesn't select now");
  return text;
}

// Packets in messages that can't be read; empty: there are none.
std::string DescribeUnreadable(std::string_view command, const MessageHits& messages) {
  if (messages.unreadable() == 0) return {};
  const std::string what = fmt::format("{} packets are in messages of topics: {}",
                                       messages.unreadable(), messages.DescribeUnreadable());
  if (!messages.topic().empty()) {
    return fmt::format("{}; only those of {} are read", what, messages.topic());
  }
  if (command == "packets") {
    return fmt::format("{}; --kafka-brokers and --kafka-topic say which may be read", what);
  }
  return fmt::format(
      "{}; write them to a file with espcap packets, --kafka-brokers and --kafka-topic, and "
      "dissect that with espcap --file",
      what);
}

std::string DescribeFiles(PacketHits& hits) {
  uint64_t packets = 0;
  for (const auto& [file, slots] : hits.files()) packets += slots.size();
  if (packets == 0) return {};
  return fmt::format(
      "--archive-root is missing, below which files may be opened; {} documents name files in {}",
      packets, hits.DescribeFolders());
}

}  // namespace

Result<std::vector<retrieve::PathMap>> ParseArchiveMaps(const std::vector<std::string>& texts) {
  std::vector<retrieve::PathMap> maps;
  for (const std::string& text : texts) {
    auto map = retrieve::ParsePathMap(text);
    if (!map) return Forward(std::move(map));
    maps.push_back(std::move(*map));
  }
  return maps;
}

Result<retrieve::ArchiveRoots> OpenArchive(const char* command,
                                           const cli::RetrievalSettings& settings,
                                           std::vector<retrieve::PathMap> maps, PacketHits& hits) {
  if (settings.archive_roots.empty() && hits.messages().topic().empty()) {
    const std::string files = DescribeFiles(hits);
    const std::string messages = DescribeUnreadable(command, hits.messages());
    if (!files.empty() || !messages.empty()) {
      return Fail("{}: {}{}{}", command, files, files.empty() || messages.empty() ? "" : "; ",
                  messages);
    }
  }
  return retrieve::ArchiveRoots::Open(settings.archive_roots, std::move(maps));
}

std::optional<process::Identity> ReaderIdentity() {
  if (::geteuid() != 0) return std::nullopt;
  return process::FindUser(std::string(kWorkerUser));
}

std::string TemporaryFolder() {
  const char* const folder = std::getenv("TMPDIR");
  return folder == nullptr ? kTemporaryFolder : folder;
}

Result<base::FileDescriptor> OpenOutput(const char* command, const std::string& path) {
  constexpr mode_t kMode = 0666;  // as far as the umask lets it
  const bool is_standard = path.empty() || path == "-";
  base::FileDescriptor file(
      is_standard ? ::dup(STDOUT_FILENO)
                  : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (file.valid()) return file;
  return Fail("{}: write {}: {}", command, is_standard ? "standard output" : path,
              std::generic_category().message(errno));
}

void TellMissing(const char* kind, const std::string& name, size_t wanted,
                 const FileFindings& findings, telemetry::Log& log) {
  if (findings.missing() == 0) return;
  log.WriteLimited(telemetry::Log::Level::kError, kind,
                   fmt::format("{}: {} of {} packets not found: {}", name, findings.missing(),
                               wanted, Describe(findings)),
                   kNamedAtOnce);
}

bool TellWhatIsMissing(const char* command, const PacketSearch& search, uint64_t max_hits,
                       uint64_t missing, telemetry::Log& log) {
  const uint64_t nameless = search.nameless + search.hits.without_place();
  if (nameless > 0) {
    log.Error(fmt::format("{} documents don't say where their packets are", nameless));
  }
  const std::string unreadable = DescribeUnreadable(command, search.hits.messages());
  if (!unreadable.empty()) log.Error(unreadable);
  if (search.hits.is_cut()) {
    log.Error(fmt::format("there are more documents than --max-hits {}", max_hits));
  }
  if (missing > 0) log.Error(fmt::format("{} packets not found", missing));
  return nameless == 0 && unreadable.empty() && missing == 0 && !search.hits.is_cut();
}

}  // namespace espcap::app
