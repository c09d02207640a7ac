// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/packet_hits.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
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
    const bool is_place =
        hit.frame > 0 && hit.frame <= std::numeric_limits<uint32_t>::max() && hit.digest;
    if (!is_place) {
      ++without_place_;
      continue;
    }
    RecordSlot slot;
    slot.digest = *hit.digest;
    slot.offset = hit.offset;
    slot.frame = static_cast<uint32_t>(hit.frame);
    slot.capture = capture;
    FileOfRun file{runs_ == Runs::kKept ? std::move(hit.run) : std::string(),
                   base::PathOfText(hit.file)};
    if (hit.has_timestamp) runs_with_timestamp_.insert(file.run);
    files_[std::move(file)].push_back(slot);
  }
  return true;
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
  const auto key = [](const RecordSlot& slot) { return std::tuple(slot.frame, slot.digest); };
  for (auto& [file, slots] : files_) {
    std::sort(slots.begin(), slots.end(),
              [&key](const RecordSlot& a, const RecordSlot& b) { return key(a) < key(b); });
    slots.erase(
        std::unique(slots.begin(), slots.end(),
                    [&key](const RecordSlot& a, const RecordSlot& b) { return key(a) == key(b); }),
        slots.end());
  }
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
                                   const elasticsearch::HitRequest& query, PacketHits::Runs runs,
                                   telemetry::Log& log) {
  auto pages = HitPages::Begin(settings, query, log);
  if (!pages) return Forward(std::move(pages));
  PacketSearch found{PacketHits(settings.max_hits, runs)};
  for (;;) {
    auto page = (*pages)->Next();
    if (!page) return Forward(std::move(page));
    if (!*page) break;
    if (found.hits.Add(std::move(**page))) continue;
    (*pages)->End();
    break;
  }
  found.hits.Finish();
  found.without_file = (*pages)->without_file();
  return found;
}

}  // namespace espcap::app
