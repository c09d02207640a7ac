// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/recovery.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "spool/segment_walk.h"

namespace espcap::spool {
namespace {

struct Walked {
  SegmentFile segment;
  SegmentContents contents;
};

Result<std::set<SegmentId>> ListSegments(const std::string& directory) {
  std::set<SegmentId> ids;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(directory, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (const auto id = ParseSegmentName(entry->path().filename().native())) ids.insert(*id);
  }
  if (error) return Fail("list {}: {}", directory, error.message());
  return ids;
}

// The segments that are there; each of them is closed again.
Result<std::vector<SegmentFile>> FindSegments(const std::string& directory, int descriptor) {
  const auto ids = ListSegments(directory);
  if (!ids) return tl::unexpected(ids.error());
  std::vector<SegmentFile> segments;
  for (const SegmentId& id : *ids) {
    SegmentFile segment(id);
    const auto presence = segment.Open(descriptor);
    if (!presence) return tl::unexpected(presence.error());
    if (*presence == SegmentFile::Presence::kGone) continue;
    const auto header = DecodeHeader(ReadPiece(segment.file(), 0, kHeaderBytes));
    if (header && header->version != kFormatVersion) {
      return Fail(
          "{} is of format version {}, and this espcap knows only {}; let the espcap that wrote it "
          "deliver it, or use another directory",
          segment.name(), header->version, kFormatVersion);
    }
    segment.Close();
    segments.push_back(std::move(segment));
  }
  return segments;
}

class Recovery {
 public:
  Recovery(int descriptor, Damage& damage) : descriptor_(descriptor), damage_(damage) {}

  Result<Recovered> Run(std::vector<SegmentFile> segments) {
    std::optional<Walked> previous;
    for (SegmentFile& segment : segments) {
      auto walked = Walk(std::move(segment), previous);
      if (!walked) return Forward(std::move(walked));
      if (previous) Take(std::move(*previous), *walked);
      previous = std::move(*walked);
    }
    if (previous) {
      if (auto taken = TakeNewest(std::move(*previous)); !taken) return Forward(std::move(taken));
    }
    return std::move(recovered_);
  }

 private:
  Result<Walked> Walk(SegmentFile segment, const std::optional<Walked>& previous) {
    if (auto opened = segment.Open(descriptor_); !opened) return Forward(std::move(opened));
    std::optional<uint64_t> documents_before;
    if (previous && AreNeighbours(previous->segment, segment)) {
      documents_before = previous->contents.documents_after;
    }
    auto contents =
        WalkSegment(segment.file(), segment.bytes(), segment.id().marker, documents_before);
    return Walked{std::move(segment), std::move(contents)};
  }

  // Segments between two that are there were settled and deleted.
  static bool AreNeighbours(const SegmentFile& one, const SegmentFile& next) {
    return one.id().number + 1 == next.id().number;
  }

  // The next segment tells what is lost at this one's end.
  void Take(Walked walked, const Walked& next) {
    SegmentContents& contents = walked.contents;
    const auto& after = contents.documents_after;
    const auto& next_before = next.contents.documents_before;
    if (AreNeighbours(walked.segment, next.segment) && after && next_before) {
      const uint64_t end = walked.segment.bytes();
      const uint64_t missing = std::max(*next_before, *after) - *after;
      const bool is_open = !contents.damaged.empty() && contents.damaged.back().end == end;
      if (!is_open && missing > 0) contents.damaged.push_back({end, end, after, missing});
      if (is_open) contents.damaged.back().documents = missing;
    }
    for (const RecordPlace& record : contents.records) walked.segment.Add(record.frame.documents);
    Finish(std::move(walked));
  }

  // A crash can have torn its end, and after a power failure any of its bodies may be missing.
  Result<void> TakeNewest(Walked walked) {
    SegmentFile& segment = walked.segment;
    SegmentContents& contents = walked.contents;
    std::vector<DamagedPlace>& damaged = contents.damaged;
    DamagedPlace torn = {segment.bytes(), segment.bytes(), contents.documents_after, 0};
    for (const RecordPlace& record : contents.records) {
      if (IsBodyWhole(segment, record)) {
        segment.Add(record.frame.documents);
      } else {
        damaged.push_back({record.begin, std::min(record.End(), segment.bytes()),
                           record.frame.documents_before, record.frame.documents});
      }
    }
    std::sort(damaged.begin(), damaged.end(),
              [](const auto& one, const auto& other) { return one.begin < other.begin; });
    while (!damaged.empty() && IsTornBefore(segment, damaged.back(), torn.begin)) {
      const DamagedPlace& place = damaged.back();
      torn.begin = place.begin;
      torn.documents_before = place.documents_before;
      if (!place.documents) torn.documents.reset();
      if (torn.documents) *torn.documents += *place.documents;
      damaged.pop_back();
    }
    recovered_.documents_before = torn.documents_before.value_or(0);
    if (torn.begin < torn.end) damage_.TakeTornEnd(segment, torn);
    if (auto synced = segment.Sync(); !synced) return synced;
    Finish(std::move(walked));
    return {};
  }

  // What has its tail was whole once: it is damaged, not torn.
  static bool IsTornBefore(const SegmentFile& segment, const DamagedPlace& place, uint64_t end) {
    if (place.end != end || place.begin == end) return false;
    const uint64_t tail = std::max(place.end, kFrameBytes + kMarkBytes) - kFrameBytes - kMarkBytes;
    return !DecodeFrame(ReadPiece(segment.file(), tail, kFrameBytes), segment.id().marker);
  }

  void Finish(Walked walked) {
    SegmentFile& segment = walked.segment;
    const SegmentContents& contents = walked.contents;
    recovered_.last_number = segment.id().number;
    for (const DamagedPlace& place : contents.damaged) damage_.Lose(segment, place, "");
    if (!contents.header && segment.bytes() > kHeaderBytes) {
      damage_.Say(fmt::format("the header of {} is damaged; nothing is lost by that alone",
                              segment.name()));
    }
    if (contents.heads_repaired > 0) {
      damage_.Say(
          fmt::format("{}: batches whose head is damaged: {}; they are known from their tail",
                      segment.name(), contents.heads_repaired));
    }
    segment.Close();
    if (segment.records() == 0 && !damage_.IsAnyLeft(segment)) {
      ::unlinkat(descriptor_, segment.name().c_str(), 0);
      return;
    }
    recovered_.segments.emplace(segment.id(), std::move(segment));
  }

  int descriptor_;
  Damage& damage_;
  Recovered recovered_;
};

}  // namespace

Result<Recovered> RecoverSegments(const std::string& directory, int descriptor, Damage& damage) {
  auto segments = FindSegments(directory, descriptor);
  if (!segments) return Forward(std::move(segments));
  return Recovery(descriptor, damage).Run(std::move(*segments));
}

bool IsBodyWhole(const SegmentFile& segment, const RecordPlace& record) {
  const Frame& frame = record.frame;
  const std::string body = ReadPiece(segment.file(), record.BodyBegin(), frame.BodyBytes());
  if (body.size() != frame.BodyBytes()) return false;
  const std::string_view bytes = body;
  return Crc64(bytes.substr(0, frame.list_bytes)) == frame.list_crc &&
         Crc64(bytes.substr(frame.list_bytes)) == frame.payload_crc;
}

}  // namespace espcap::spool
