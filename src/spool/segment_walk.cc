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
  Walk(int file, uint64_t file_bytes, uint64_t marker)
      : file_(file), file_bytes_(file_bytes), marker_(marker), marker_text_(EncodeMarker(marker)) {}

  SegmentContents Run(std::optional<uint64_t> documents_before) {
    contents_.header = DecodeHeader(ReadPiece(file_, 0, kHeaderBytes));
    if (contents_.header && contents_.header->id.marker != marker_) contents_.header.reset();
    if (contents_.header) {
      documents_before = contents_.header->documents_before;
    } else if (const auto first = FrameAt(kHeaderBytes)) {
      documents_before = first->documents_before;
    }
    expected_ = contents_.documents_before = documents_before;
    // A header is written with the first record: what ends with it has been cut off.
    if (file_bytes_ > 0 && file_bytes_ <= kHeaderBytes) AddDamaged(0, file_bytes_);
    for (uint64_t at = kHeaderBytes; at < file_bytes_;) at = Step(at);
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
    return DecodeFrame(ReadPiece(file_, at, kFrameBytes), marker_);
  }

  // Whether the file holds the record's body; the tail and the mark may be cut off.
  [[nodiscard]] bool Fits(uint64_t begin, const Frame& frame) const {
    return frame.BodyBytes() <= file_bytes_ - begin - kFrameBytes;
  }

  // Whether the record ends where its head says. Its tail may be damaged, but if another frame
  // stands before the end, bytes of the body are missing, and the next record is nearer.
  [[nodiscard]] bool IsInPlace(const RecordPlace& record) const {
    if (!Fits(record.begin, record.frame)) return false;
    if (FrameAt(record.TailBegin())) return true;
    const auto other = FindFrame(record.begin + 1);
    return !other || other->at >= record.TailBegin();
  }

  // Takes what is at `at`; returns where to go on.
  uint64_t Step(uint64_t at) {
    told_.reset();
    if (const auto frame = FrameAt(at)) {
      if (frame->kind == FrameKind::kGap) return TakeGap(at, *frame);
      if (frame->kind == FrameKind::kHead && IsInPlace({at, *frame})) return TakeRecord(at, *frame);
      told_ = frame->documents;
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
      if (found->frame.kind != FrameKind::kTail) {
        if (found->frame.kind == FrameKind::kGap || Fits(found->at, found->frame)) {
          AddDamaged(at, found->at);
          return found->at;
        }
      } else if (const uint64_t bytes = kFrameBytes + found->frame.BodyBytes();
                 bytes <= found->at - at) {
        const uint64_t begin = found->at - bytes;
        if (begin > at) AddDamaged(at, begin);
        ++contents_.heads_repaired;
        return TakeRecord(begin, found->frame);
      }
      told_ = found->frame.documents;
      from = found->at + 1;
    }
  }

  [[nodiscard]] std::optional<Found> FindFrame(uint64_t from) const {
    while (from + kFrameBytes <= file_bytes_) {
      const std::string piece = ReadPiece(file_, from, std::min(kPieceBytes, file_bytes_ - from));
      for (size_t hit = piece.find(marker_text_); hit != std::string::npos;
           hit = piece.find(marker_text_, hit + 1)) {
        if (const auto frame = FrameAt(from + hit)) return Found{from + hit, *frame};
      }
      // The next piece begins where a marker may have been cut. A block that can't be read is
      // passed over.
      from += std::max(piece.size(), kBlockBytes + kMarkerBytes) - kMarkerBytes;
    }
    return std::nullopt;
  }

  uint64_t TakeRecord(uint64_t begin, const Frame& frame) {
    const RecordPlace record = {begin, frame};
    Meet(begin, frame);
    if (ReadPiece(file_, record.MarkBegin(), kMarkBytes) != kSettledMark) {
      contents_.records.push_back(record);
    }
    return std::min(record.End(), file_bytes_);
  }

  uint64_t TakeGap(uint64_t begin, const Frame& frame) {
    Meet(begin, frame);
    return begin + kFrameBytes + std::min(frame.BodyBytes(), file_bytes_ - begin - kFrameBytes);
  }

  void AddDamaged(uint64_t begin, uint64_t end) {
    contents_.damaged.push_back({begin, end, expected_, told_});
    is_open_ = true;
    told_.reset();
  }

  // A frame tells how many documents were lost before it, better than what was damaged does.
  void Meet(uint64_t begin, const Frame& frame) {
    if (expected_ && frame.documents_before > *expected_ && !is_open_) AddDamaged(begin, begin);
    if (is_open_) {
      DamagedPlace& place = contents_.damaged.back();
      if (expected_) {
        place.documents = std::max(frame.documents_before, *expected_) - *expected_;
      } else {
        place.documents_before = frame.documents_before - place.documents.value_or(0);
      }
    }
    is_open_ = false;
    expected_ = frame.DocumentsAfter();
  }

  int file_;
  uint64_t file_bytes_;
  uint64_t marker_;
  std::string marker_text_;
  SegmentContents contents_;
  std::optional<uint64_t> expected_;  // documents before the next frame, if none is lost
  std::optional<uint64_t> told_;      // documents of the damaged place, as its own remains tell
  bool is_open_ = false;              // the last damaged place was followed by no frame yet
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

SegmentContents WalkSegment(int file, uint64_t file_bytes, uint64_t marker,
                            std::optional<uint64_t> documents_before) {
  return Walk(file, file_bytes, marker).Run(documents_before);
}

}  // namespace espcap::spool
