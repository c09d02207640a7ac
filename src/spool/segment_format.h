// SPDX-License-Identifier: GPL-2.0-or-later
//
// The fixed parts of a segment file, as pure functions: its name, its header, and the frames around
// each record. docs/design/spool-format.md describes all of it. Names and frames count the
// documents before them, so that what is lost between two of them is known.
#ifndef ESPCAP_SPOOL_SEGMENT_FORMAT_H_
#define ESPCAP_SPOOL_SEGMENT_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace espcap::spool {

// Written; every version from 1 on is read. Version 1 knows documents alone.
inline constexpr uint32_t kFormatVersion = 2;
inline constexpr size_t kHeaderBytes = 64;
inline constexpr size_t kFrameBytes = 64;
inline constexpr size_t kMarkBytes = 8;
// Around the body of a record: head, tail, and the mark that it is settled.
inline constexpr size_t kRecordOverhead = 2 * kFrameBytes + kMarkBytes;

// CRC-64/XZ (ECMA-182, reflected).
uint64_t Crc64(std::string_view bytes);

struct SegmentId {
  uint64_t number = 0;  // from 1, in the order they were written
  uint64_t documents_before = 0;
  uint64_t marker = 0;  // random: what a record's frames begin with, and no text can

  bool operator==(const SegmentId&) const = default;
  bool operator<(const SegmentId& other) const {
    return std::tie(number, documents_before, marker) <
           std::tie(other.number, other.documents_before, other.marker);
  }
};

std::string SegmentName(const SegmentId& id);
// None where SegmentName() makes no such name.
std::optional<SegmentId> ParseSegmentName(std::string_view name);

// The id again, for a reader that has the file under another name.
struct SegmentHeader {
  SegmentId id;
  uint32_t version = kFormatVersion;
};

std::string EncodeHeader(const SegmentHeader& header);
// None where the bytes are no header of any version, or damaged.
std::optional<SegmentHeader> DecodeHeader(std::string_view bytes);

enum class FrameKind : uint32_t {
  kHead = 1,  // the body follows
  kTail = 2,  // the same once more, behind the body
  kGap = 3,   // payload_bytes follow that are no record: what was there has been put aside
};

// How a payload holds the text.
enum class PayloadForm : uint16_t {
  kGzip = 1,  // the form that the batch came with
  kZstd = 2,
};

// What a batch is made of.
enum class Contents : uint16_t {
  kDocuments = 0,  // for a server, each with its action line
  kSections = 1,   // of packets, for a topic, each with its origin (document/section_origin.h)
};

// What is counted.
constexpr std::string_view NounOf(Contents contents) {
  return contents == Contents::kSections ? "packet" : "document";
}

struct Frame {
  FrameKind kind = FrameKind::kHead;
  uint32_t documents = 0;  // or packets, in sections
  uint64_t documents_before = 0;
  PayloadForm form = PayloadForm::kZstd;
  Contents contents = Contents::kDocuments;
  uint32_t text_bytes = 0;
  uint32_t list_bytes = 0;
  uint32_t payload_bytes = 0;
  uint64_t list_crc = 0;
  uint64_t payload_crc = 0;

  [[nodiscard]] uint64_t BodyBytes() const { return uint64_t{list_bytes} + payload_bytes; }
  [[nodiscard]] uint64_t DocumentsAfter() const { return documents_before + documents; }
};

std::string EncodeFrame(const Frame& frame, uint64_t marker);
// None where the bytes are no frame of that marker, or damaged.
std::optional<Frame> DecodeFrame(std::string_view bytes, uint64_t marker);

// A marker as it is in the file.
std::string EncodeMarker(uint64_t marker);

// The mark behind a record's tail: zeros, until it is this.
inline constexpr std::string_view kSettledMark = "SETTLED\n";

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_SEGMENT_FORMAT_H_
