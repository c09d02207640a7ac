// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/segment_walk.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace espcap::spool {
namespace {

constexpr uint64_t kPieceBytes = uint64_t{1} << 16U;
constexpr uint64_t kBlockBytes = uint64_t{1} << 12U;
constexpr uint64_t kMarkerBytes = sizeof(uint64_t);

class Walk {
 public:
  Walk(int file, uint64_t file_bytes, const SegmentId& id)
      : file_(file),
        file_bytes_(file_bytes),
        id_(id),
        marker_(EncodeMarker(id.marker)),
        expected_(id.documents_before) {}

  SegmentContents Run() {
    const auto header = DecodeHeader(ReadPiece(file_, 0, kHeaderBytes));
    contents_.has_header = header && header->id == id_;
    // A header is written with the first record: what ends with it has been cut off.
    if (file_bytes_ > 0 && file_bytes_ <= kHeaderBytes) AddDamaged(0, file_bytes_);
    contents_.end = kHeaderBytes;
    while (contents_.end < file_bytes_) contents_.end = Step(contents_.end);
    contents_.documents_after = expected_;
    return std::move(contents_);
  }

 private:
  struct Found {
    uint64_t at = 0;
    Frame frame;
  };

  [[nodiscard]] std::optional<Frame> FrameAt(uint64_t at) const {
    if (at + kFrameBytes > file_bytes_) return std::nullopt;
    return DecodeFrame(ReadPiece(file_, at, kFrameBytes), id_.marker);
  }

  // One that was met already comes again where bytes were put in between its head and its tail.
  [[nodiscard]] bool IsNew(const Frame& frame) const { return frame.documents_before >= expected_; }

  // Whether the file holds the record's body; the tail and the mark may be cut off.
  [[nodiscard]] bool Fits(uint64_t begin, const Frame& frame) const {
    return frame.BodyBytes() <= file_bytes_ - begin - kFrameBytes;
  }

  // Whether the record ends where its head says. Its tail may be damaged, but if another frame
  // is before the end, bytes of the body are missing, and the next record is nearer.
  [[nodiscard]] bool IsInPlace(const RecordPlace& record) const {
    if (!IsNew(record.frame) || !Fits(record.begin, record.frame)) return false;
    if (FrameAt(record.TailBegin())) return true;
    const auto other = FindFrame(record.begin + 1);
    return !other || other->at >= record.TailBegin();
  }

  // Takes what is at `at`; returns where to go on.
  uint64_t Step(uint64_t at) {
    if (!is_open_) told_.reset();
    if (const auto frame = FrameAt(at)) {
      if (frame->kind == FrameKind::kGap) return ReadGap(at, *frame);
      if (frame->kind == FrameKind::kHead && IsInPlace({at, *frame})) return ReadRecord(at, *frame);
      told_ = DocumentsUpTo(*frame);
    }
    return PassDamage(at);
  }

  // From `at` to the next place where a record or gap begins, or the end.
  uint64_t PassDamage(uint64_t at) {
    for (uint64_t from = at + 1;;) {
      const auto found = FindFrame(from);
      if (!found) {
        AddDamaged(at, file_bytes_);
        return file_bytes_;
      }
      const Frame& frame = found->frame;
      const bool is_tail = frame.kind == FrameKind::kTail;
      if (frame.kind == FrameKind::kGap || (!is_tail && IsNew(frame) && Fits(found->at, frame))) {
        AddDamaged(at, found->at);
        return found->at;
      }
      const uint64_t bytes = kFrameBytes + frame.BodyBytes();
      if (is_tail && IsNew(frame) && bytes <= found->at - at) {
        const uint64_t begin = found->at - bytes;
        if (begin > at) AddDamaged(at, begin);
        ++contents_.tails_used;
        return ReadRecord(begin, frame);
      }
      told_ = DocumentsUpTo(frame);
      from = found->at + 1;
    }
  }

  [[nodiscard]] std::optional<Found> FindFrame(uint64_t from) const {
    while (from + kFrameBytes <= file_bytes_) {
      const std::string piece = ReadPiece(file_, from, std::min(kPieceBytes, file_bytes_ - from));
      for (size_t hit = piece.find(marker_); hit != std::string::npos;
           hit = piece.find(marker_, hit + 1)) {
        if (const auto frame = FrameAt(from + hit)) return Found{from + hit, *frame};
      }
      // The next piece begins where a marker may have been cut. A block that can't be read is
      // passed over.
      from += std::max(piece.size(), kBlockBytes + kMarkerBytes) - kMarkerBytes;
    }
    return std::nullopt;
  }

  uint64_t ReadRecord(uint64_t begin, const Frame& frame) {
    const RecordPlace record = {begin, frame};
    CountMissingBefore(begin, frame);
    if (ReadPiece(file_, record.MarkBegin(), kMarkBytes) != kSettledMark) {
      contents_.records.push_back(record);
    }
    return record.End();
  }

  uint64_t ReadGap(uint64_t begin, const Frame& frame) {
    CountMissingBefore(begin, frame);
    return begin + kFrameBytes + std::min(frame.BodyBytes(), file_bytes_ - begin - kFrameBytes);
  }

  // From the last that was met to the last of this one.
  [[nodiscard]] uint64_t DocumentsUpTo(const Frame& frame) const {
    return std::max(frame.DocumentsAfter(), expected_) - expected_;
  }

  // Adds it to the one before where no frame has come between.
  void AddDamaged(uint64_t begin, uint64_t end) {
    if (is_open_) {
      contents_.damaged.back().end = end;
      contents_.damaged.back().documents = told_;
    } else {
      contents_.damaged.push_back({begin, end, expected_, told_, {}});
    }
    is_open_ = true;
  }

  // A frame tells how many documents were lost before it, better than what was damaged does.
  void CountMissingBefore(uint64_t begin, const Frame& frame) {
    const uint64_t missing = std::max(frame.documents_before, expected_) - expected_;
    if (missing > 0 && !is_open_) AddDamaged(begin, begin);
    if (is_open_) contents_.damaged.back().documents = missing;
    is_open_ = false;
    expected_ = std::max(expected_, frame.DocumentsAfter());
  }

  int file_;
  uint64_t file_bytes_;
  SegmentId id_;
  std::string marker_;
  SegmentContents contents_;
  uint64_t expected_;             // documents before the next frame, if none is lost
  std::optional<uint64_t> told_;  // documents of the damaged place, as its own remains tell
  bool is_open_ = false;          // the last damaged place was followed by no frame yet
};

}  // namespace

std::string ReadPiece(int file, uint64_t begin, uint64_t bytes) {
  std::string piece(bytes, '\0');
  size_t done = 0;
  while (done < bytes) {
    const ssize_t count =
        ::pread(file, piece.data() + done, bytes - done, static_cast<off_t>(begin + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<size_t>(count);
  }
  piece.resize(done);
  return piece;
}

SegmentContents WalkSegment(int file, uint64_t file_bytes, const SegmentId& id) {
  return Walk(file, file_bytes, id).Run();
}

}  // namespace espcap::spool
