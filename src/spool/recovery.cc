// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/recovery.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "spool/segment_walk.h"

namespace espcap::spool {
namespace {

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
    if (header && (header->version == 0 || header->version > kFormatVersion)) {
      return Fail(
          "{} is of format version {}, and this espcap reads those up to {}; let the espcap that "
          "wrote it deliver it, or use another directory",
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
    for (size_t next = 1; next <= segments.size(); ++next) {
      SegmentFile& segment = segments[next - 1];
      if (auto opened = segment.Open(descriptor_); !opened) return Forward(std::move(opened));
      SegmentContents contents = WalkSegment(segment.file(), segment.bytes(), segment.id());
      if (next < segments.size()) {
        ReadOlder(segment, contents, segments[next].id());
      } else if (auto taken = ReadNewest(segment, contents); !taken) {
        return Forward(std::move(taken));
      }
      Finish(std::move(segment), contents);
    }
    return std::move(recovered_);
  }

 private:
  // The next segment tells what is lost at this one's end, unless some between them were settled
  // and deleted.
  static void ReadOlder(SegmentFile& segment, SegmentContents& contents, const SegmentId& next) {
    std::vector<DamagedPlace>& damaged = contents.damaged;
    if (next.number == segment.id().number + 1) {
      const uint64_t end = contents.end;
      const uint64_t after = contents.documents_after;
      const uint64_t missing = std::max(next.documents_before, after) - after;
      const bool is_open = !damaged.empty() && damaged.back().end == segment.bytes();
      if (is_open) damaged.back().documents = missing;
      if (!is_open && missing > 0) damaged.push_back({end, end, after, missing, {}});
    }
    for (const RecordPlace& record : contents.records) segment.Add(record.frame.documents);
  }

  // A crash can have torn its end, and after a power failure any of its bodies may be missing.
  Result<void> ReadNewest(SegmentFile& segment, SegmentContents& contents) {
    std::vector<DamagedPlace>& damaged = contents.damaged;
    for (const RecordPlace& record : contents.records) {
      if (IsBodyWhole(segment, record)) {
        segment.Add(record.frame.documents);
      } else {
        damaged.push_back(PlaceOfRecord(segment, record));
      }
    }
    std::sort(damaged.begin(), damaged.end(),
              [](const auto& one, const auto& other) { return one.begin < other.begin; });
    DamagedPlace torn = {segment.bytes(), segment.bytes(), contents.documents_after, 0, {}};
    while (!damaged.empty() && IsTornBefore(segment, damaged.back(), torn.begin)) {
      const DamagedPlace& place = damaged.back();
      torn.begin = place.begin;
      torn.documents_before = place.documents_before;
      if (!place.documents) torn.documents.reset();
      if (torn.documents) *torn.documents += *place.documents;
      damaged.pop_back();
    }
    recovered_.documents_before = torn.documents_before;
    if (torn.begin < torn.end) damage_.AddTornEnd(segment, torn);
    return segment.Sync();
  }

  // What has its tail was whole once: it is damaged, not torn.
  static bool IsTornBefore(const SegmentFile& segment, const DamagedPlace& place, uint64_t end) {
    if (place.end != end || place.begin == end) return false;
    const uint64_t tail = std::max(place.end, kFrameBytes + kMarkBytes) - kFrameBytes - kMarkBytes;
    const auto frame =
        DecodeFrame(ReadPiece(segment.file(), tail, kFrameBytes), segment.id().marker);
    return !frame || frame->kind != FrameKind::kTail;
  }

  void Finish(SegmentFile segment, const SegmentContents& contents) {
    // One that never held a record leaves its number to the next.
    if (segment.bytes() > kHeaderBytes) recovered_.last_number = segment.id().number;
    for (const DamagedPlace& place : contents.damaged) damage_.AddLost(segment, place);
    if (!contents.has_header && segment.bytes() > kHeaderBytes) {
      damage_.Warn(fmt::format("the header of {} is damaged; nothing is lost by that alone",
                               segment.name()));
    }
    if (contents.tails_used > 0) {
      damage_.Warn(
          fmt::format("{}: batches whose head is damaged: {}; they are known from their tail",
                      segment.name(), contents.tails_used));
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

}  // namespace espcap::spool
