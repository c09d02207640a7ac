// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/packet_hits.h"

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <utility>

#include "app/hit_pages.h"
#include "base/path_text.h"
#include "document/document_id.h"

namespace espcap::app {
namespace {

using retrieve::RecordSlot;

constexpr size_t kMaxFolders = 20;  // that are named

}  // namespace

bool PacketHits::Add(std::vector<elasticsearch::Hit> hits) {
  for (elasticsearch::Hit& hit : hits) {
    if (ids_.contains(hit.id)) continue;
    if (ids_.size() == max_hits_) {
      is_cut_ = true;
      return false;
    }
    const uint32_t capture = CaptureOf(hit.id);
    ids_.insert(std::move(hit.id));
    AddPlace(std::move(hit), capture);
  }
  return true;
}

void PacketHits::AddPlace(elasticsearch::Hit hit, uint32_t capture) {
  const bool is_in_message = MessageHits::IsPlace(hit);
  const bool names_record = !hit.file.empty() && hit.frame > 0 &&
                            hit.frame <= std::numeric_limits<uint32_t>::max() && hit.digest;
  // Where neither place may be read, both are named.
  const bool is_in_file =
      names_record && (!is_in_message || places_.has_roots || places_.topic.empty());
  RecordSlot slot;
  FileOfRun file;
  if (is_in_file) {
    slot.digest = *hit.digest;
    slot.offset = hit.offset;
    slot.frame = static_cast<uint32_t>(hit.frame);
    slot.capture = capture;
    file = {places_.runs == Runs::kKept ? std::move(hit.run) : std::string(),
            base::PathOfText(hit.file)};
  }
  if (messages_.IsReadable(hit)) return messages_.Add(hit, file.path, slot);
  if (is_in_message && !(is_in_file && places_.has_roots)) messages_.AddUnreadable(hit);
  if (!is_in_file) {
    if (!is_in_message) ++without_place_;
    return;
  }
  if (hit.has_timestamp) runs_with_timestamp_.insert(file.run);
  files_[std::move(file)].push_back(slot);
}

uint32_t PacketHits::CaptureOf(const std::string& id) {
  const auto fingerprint = document::FingerprintOf(id);
  if (!fingerprint) return 0;
  const auto next = static_cast<uint32_t>(captures_.size()) + 1;
  const auto [known, is_new] = capture_numbers_.try_emplace(*fingerprint, next);
  if (is_new) captures_.push_back(*fingerprint);
  return known->second;
}

void PacketHits::Finish() {
  messages_.Finish();
  for (auto& [file, slots] : files_) retrieve::SortEachOnce(slots, std::identity());
}

std::string PacketHits::DescribeFolders() const {
  std::map<std::string, size_t> folders;
  for (const auto& [file, slots] : files_) {
    ++folders[file.path.substr(0, file.path.rfind('/'))];
  }
  std::string text;
  size_t named = 0;
  for (const auto& [folder, files] : folders) {
    if (named++ == kMaxFolders) {
      return text + fmt::format(", and {} more", folders.size() - kMaxFolders);
    }
    text += fmt::format("{}{} ({} {})", text.empty() ? "" : ", ", folder.empty() ? "/" : folder,
                        files, files == 1 ? "file" : "files");
  }
  return text;
}

Result<PacketSearch> SearchPackets(const cli::RetrievalSettings& settings,
                                   const elasticsearch::HitRequest& query,
                                   PacketHits::Places places, telemetry::Log& log) {
  auto pages = HitPages::Begin(settings, query, log);
  if (!pages) return Forward(std::move(pages));
  PacketSearch found{PacketHits(settings.max_hits, std::move(places))};
  for (;;) {
    auto page = (*pages)->Next();
    if (!page) return Forward(std::move(page));
    if (!*page) break;
    if (found.hits.Add(std::move(**page))) continue;
    (*pages)->End();
    break;
  }
  found.hits.Finish();
  found.nameless = (*pages)->nameless();
  return found;
}

}  // namespace espcap::app
