// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/moved_captures.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <utility>

namespace espcap::app {
namespace {

using retrieve::FileFindings;
using retrieve::RecordOutcome;
using retrieve::RecordSlot;

constexpr const char* kMovedKind = "files that have moved";  // in the log
constexpr int kFilesNamedAtOnce = 100;
constexpr uint64_t kRecordHeaderBytes = 16;  // of a pcap: what is behind an offset at least

bool IsMissing(const RecordSlot& slot) {
  return slot.outcome == static_cast<uint32_t>(RecordOutcome::kNotReached) ||
         slot.outcome == static_cast<uint32_t>(RecordOutcome::kOther);
}

uint64_t LikelyBytes(const std::vector<RecordSlot>& slots) {
  uint64_t bytes = 0;
  for (const RecordSlot& slot : slots) {
    if (slot.offset < 0) continue;
    bytes = std::max(bytes, static_cast<uint64_t>(slot.offset) + kRecordHeaderBytes);
  }
  return bytes;
}

// The missing ones' places among the slots, by their captures.
std::map<uint32_t, std::vector<size_t>> MissingByCapture(std::span<const RecordSlot> slots,
                                                         size_t captures) {
  std::map<uint32_t, std::vector<size_t>> missing;
  for (size_t i = 0; i < slots.size(); ++i) {
    const uint32_t capture = slots[i].capture;
    if (capture > 0 && capture <= captures && IsMissing(slots[i])) missing[capture].push_back(i);
  }
  return missing;
}

// What is said of some slots, by what is said of them now.
void Replace(FileFindings& findings, const FileFindings& before, const FileFindings& now) {
  findings.other -= before.other;
  findings.not_reached -= before.not_reached;
  findings.found += now.found;
  findings.other += now.other;
  findings.not_reached += now.not_reached;
  findings.unwritable += now.unwritable;
  findings.undissected += now.undissected;
  findings.filtered += now.filtered;
  findings.unselected += now.unselected;
  if (now.not_reached > 0) findings.reason = now.reason;
  if (!now.rest_fault.empty()) findings.rest_fault = now.rest_fault;
}

}  // namespace

Result<std::unique_ptr<process::FileHasher>> StartArchiveHasher(
    const cli::RetrievalSettings& settings, const std::optional<process::Identity>& unprivileged) {
  if (settings.archive_search == 0 || settings.archive_roots.empty()) return nullptr;
  constexpr bool kSandbox = true;
  return process::FileHasher::Start(unprivileged, kSandbox);
}

MovedCaptures::MovedCaptures(const retrieve::ArchiveRoots& roots,
                             std::unique_ptr<process::FileHasher> hasher,
                             const cli::RetrievalSettings& settings,
                             const std::vector<Fingerprint>& captures, telemetry::Log& log)
    : roots_(roots), settings_(settings), captures_(captures), log_(log) {
  if (hasher != nullptr) search_.emplace(roots, std::move(hasher), settings.archive_search);
}

Result<FileFindings> MovedCaptures::Complete(const std::string& path, std::span<RecordSlot> slots,
                                             FileFindings findings, const Read& read) {
  if (!search_ || findings.missing() == 0) return findings;
  for (const auto& [capture, places] : MissingByCapture(slots, captures_.size())) {
    std::vector<RecordSlot> missing;
    missing.reserve(places.size());
    for (const size_t place : places) missing.push_back(slots[place]);
    auto found = Find(path, capture, missing);
    if (!found || IsUnder(path, found->file)) continue;  // that one was read
    const FileFindings before = retrieve::FindingsOf(missing);
    for (RecordSlot& slot : missing) {
      slot.outcome = static_cast<uint32_t>(RecordOutcome::kNotReached);
    }
    const auto there = read({std::move(found->file), {}}, missing);
    if (!there) return there;
    Replace(findings, before, *there);
    if (there->found == 0) continue;
    log_.WriteLimited(telemetry::Log::Level::kInfo, kMovedKind,
                      fmt::format("{}: moved; read from {}", path, found->path), kFilesNamedAtOnce);
  }
  return findings;
}

std::optional<retrieve::ArchiveSearch::Found> MovedCaptures::Find(
    const std::string& path, uint32_t capture, const std::vector<RecordSlot>& slots) {
  if (!std::exchange(is_told_, true)) {
    log_.Info(
        fmt::format("archive: captures are missing; up to {} files are searched for their contents",
                    settings_.archive_search));
  }
  return search_->Find({captures_[capture - 1], path, LikelyBytes(slots)});
}

bool MovedCaptures::IsUnder(const std::string& path, const base::FileDescriptor& file) const {
  const auto opened = roots_.OpenFile(path);
  struct stat one {};
  struct stat other {};
  return opened && opened->member.empty() && ::fstat(opened->file.get(), &one) == 0 &&
         ::fstat(file.get(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

void MovedCaptures::Conclude() {
  if (!search_ || !search_->is_cut()) return;
  log_.Warning(fmt::format(
      "archive: there are more files than could be searched; --archive-search {} says how many",
      settings_.archive_search));
}

}  // namespace espcap::app
