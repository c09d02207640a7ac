// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is in a segment file, found by its frames: records that wait, and places that are damaged.
// No state, any thread; bodies are not looked at. Whatever the file holds, this ends and reads only
// within it; memory is held for the records found.
#ifndef ESPCAP_SPOOL_SEGMENT_WALK_H_
#define ESPCAP_SPOOL_SEGMENT_WALK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "spool/segment_format.h"

namespace espcap::spool {

// A record that isn't settled.
struct RecordPlace {
  uint64_t begin = 0;  // of its head
  Frame frame;

  [[nodiscard]] uint64_t BodyBegin() const { return begin + kFrameBytes; }
  [[nodiscard]] uint64_t TailBegin() const { return BodyBegin() + frame.BodyBytes(); }
  [[nodiscard]] uint64_t MarkBegin() const { return TailBegin() + kFrameBytes; }
  [[nodiscard]] uint64_t End() const { return MarkBegin() + kMarkBytes; }
};

// Bytes that are no part of a whole record. Empty: documents are missing between two records.
struct DamagedPlace {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t documents_before = 0;
  std::optional<uint64_t> documents;  // that it held, where that is known
  std::string packets;                // which, where that is known
};

struct SegmentContents {
  bool has_header = false;           // and it is whole
  std::vector<RecordPlace> records;  // in the order of the file
  std::vector<DamagedPlace> damaged;
  uint64_t end = 0;              // of the last of all; behind the file's where a mark is cut off
  uint64_t tails_used = 0;       // records whose head is damaged, and known from their tail
  uint64_t documents_after = 0;  // before whatever follows the segment, if its end isn't lost
};

// Bytes of a file, as many as there are and can be read.
std::string ReadPiece(int file, uint64_t begin, uint64_t bytes);

SegmentContents WalkSegment(int file, uint64_t file_bytes, const SegmentId& id);

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_SEGMENT_WALK_H_
