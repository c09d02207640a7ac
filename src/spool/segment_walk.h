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
  // How many documents came before it, and how many it held, where that is known.
  std::optional<uint64_t> documents_before;
  std::optional<uint64_t> documents;
};

struct SegmentContents {
  std::optional<SegmentHeader> header;  // none: damaged
  std::vector<RecordPlace> records;     // in the order of the file
  std::vector<DamagedPlace> damaged;
  uint64_t heads_repaired = 0;  // records whose head is damaged, and known from their tail

  // The documents before the segment's first record, and before whatever follows the segment.
  std::optional<uint64_t> documents_before;
  std::optional<uint64_t> documents_after;
};

// Bytes of a file, as many as there are and can be read.
std::string ReadPiece(int file, uint64_t begin, uint64_t bytes);

// `documents_before`: of the segment, as the one before it tells; used where its header is damaged.
SegmentContents WalkSegment(int file, uint64_t file_bytes, uint64_t marker,
                            std::optional<uint64_t> documents_before);

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_SEGMENT_WALK_H_
