// SPDX-License-Identifier: GPL-2.0-or-later
//
// A spool whose segments are any bytes: raw ones, frames whose checksums are right, and whole
// records, one after another.
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "../unit/spool_batches.h"
#include "base/file_descriptor.h"
#include "process/shared_file.h"
#include "spool/segment_walk.h"
#include "spool/spool.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

using espcap::testing::MadeBatch;
using espcap::testing::MakeBatch;
using spool::DamagedPlace;
using spool::Frame;
using spool::FrameKind;
using spool::RecordPlace;
using spool::SegmentId;

constexpr int kMaxParts = 24;
constexpr uint64_t kMaxBytes = uint64_t{1} << 24U;

Frame ReadFrame(Input& input, std::string_view list, std::string_view payload) {
  Frame frame;
  frame.kind = static_cast<FrameKind>(1 + input.NextBelow(3));
  frame.form = static_cast<spool::PayloadForm>(1 + input.NextBelow(2));
  frame.contents = static_cast<spool::Contents>(input.NextBelow(2));
  frame.documents = input.Next<uint8_t>();
  frame.documents_before = input.NextBool() ? input.Next<uint64_t>() : input.Next<uint8_t>();
  // A record may say that it is of a gibibyte; that much isn't asked for each time.
  frame.text_bytes = input.Next<uint16_t>();
  frame.list_bytes = static_cast<uint32_t>(list.size());
  frame.payload_bytes = static_cast<uint32_t>(payload.size());
  if (input.NextBool()) frame.payload_bytes = input.Next<uint32_t>();
  frame.list_crc = spool::Crc64(list);
  frame.payload_crc = spool::Crc64(payload);
  return frame;
}

// A batch as it is stored: made once, since to compress takes long.
struct Stored {
  Frame frame;
  std::string list;
  std::string payload;
};
const Stored& StoredBatch(uint32_t first, uint32_t last, Compression compression,
                          spool::Contents contents) {
  static std::map<std::tuple<uint32_t, uint32_t, Compression, spool::Contents>, Stored> made;
  const auto [place, is_new] = made.try_emplace({first, last, compression, contents});
  if (is_new) {
    const MadeBatch batch = MakeBatch(first, last, compression);
    spool::BodyEncoder encoder;
    const auto body = encoder.Encode(batch.Get(), contents).value();
    place->second = {body.frame, body.list, std::string(body.payload)};
  }
  return place->second;
}

// As Spool::Append() writes it, after that many documents.
std::string WholeRecord(const SegmentId& id, uint64_t before, Input& input) {
  const auto first = static_cast<uint32_t>(1 + before % 4);
  const auto compression = input.NextBool() ? Compression::kGzip : Compression::kNone;
  const auto contents = static_cast<spool::Contents>(input.NextBelow(2));
  const Stored& body = StoredBatch(first, first + input.NextBelow(4), compression, contents);
  Frame frame = body.frame;
  frame.documents_before = before;
  frame.kind = FrameKind::kHead;
  std::string record = EncodeFrame(frame, id.marker) + body.list + body.payload;
  frame.kind = FrameKind::kTail;
  record += EncodeFrame(frame, id.marker);
  return record + (input.NextBool() ? std::string(spool::kSettledMark)
                                    : std::string(spool::kMarkBytes, '\0'));
}

std::string ReadPart(const SegmentId& id, uint64_t& before, Input& input) {
  switch (input.NextBelow(4)) {
    case 0:
      return std::string(input.NextText<uint8_t>());
    case 1: {
      const std::string_view list = input.NextText<uint8_t>();
      const std::string_view payload = input.NextText<uint8_t>();
      const Frame frame = ReadFrame(input, list, payload);
      return EncodeFrame(frame, id.marker) + std::string(list) + std::string(payload);
    }
    case 2: {
      std::string record = WholeRecord(id, before, input);
      before += 1;
      return record;
    }
    default: {  // a damaged one
      std::string record = WholeRecord(id, before, input);
      const size_t at = input.Next<uint16_t>() % record.size();
      record[at] = static_cast<char>(record[at] ^ static_cast<char>(1 + input.NextBelow(255)));
      return input.NextBool() ? record : record.substr(0, at);
    }
  }
}

std::string ReadSegment(const SegmentId& id, Input& input) {
  if (input.NextBool()) return std::string(input.NextText<uint16_t>());
  std::string bytes = input.NextBool() ? spool::EncodeHeader({id}) : "";
  uint64_t before = id.documents_before;
  for (int part = 0; part < kMaxParts && !input.empty(); ++part) {
    bytes += ReadPart(id, before, input);
  }
  return bytes;
}

void CheckBody(const RecordPlace& record, const std::string& bytes) {
  const std::string_view body =
      std::string_view(bytes).substr(record.BodyBegin(), record.frame.BodyBytes());
  if (body.size() < record.frame.BodyBytes()) return;
  const auto list = DecodeList(record.frame, body.substr(0, record.frame.list_bytes));
  const auto text = DecodePayload(record.frame, body.substr(record.frame.list_bytes));
  Require(!text || text->size() == record.frame.text_bytes, "a payload is as long as it says");
  if (!list) return;
  size_t end = 0;
  for (const DocumentSpan& document : list->documents) {
    Require(document.offset == end, "documents follow one another");
    end += document.length;
  }
  Require(end == record.frame.text_bytes, "documents tile the text");
  Require(PacketsOf(list->documents) == record.frame.documents, "each document is listed");
}

// Nothing is met twice, and nothing outside of the file.
void CheckWalk(const SegmentId& id, const std::string& bytes) {
  auto file = std::move(process::MakeSharedFile("espcap-fuzz", bytes.size()).value());
  Require(::pwrite(file.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
          "the file is written");
  const auto contents = spool::WalkSegment(file.get(), bytes.size(), id);
  uint64_t end = 0;
  uint64_t documents = id.documents_before;
  for (const RecordPlace& record : contents.records) {
    Require(record.begin >= end, "records follow one another");
    Require(record.TailBegin() <= bytes.size(), "a record's body is in the file");
    Require(record.frame.documents_before >= documents, "documents are counted up");
    end = record.End();
    documents = record.frame.DocumentsAfter();
    CheckBody(record, bytes);
  }
  end = 0;
  for (const DamagedPlace& place : contents.damaged) {
    Require(place.begin >= end && place.end >= place.begin, "damaged places follow one another");
    Require(place.end <= contents.end, "a damaged place is in the segment");
    end = place.end;
    for (const RecordPlace& record : contents.records) {
      Require(place.end <= record.begin || place.begin >= record.End() || place.begin == place.end,
              "a record is whole or damaged, not both");
    }
  }
  Require(contents.documents_after >= documents, "documents are counted up to the end");
}

void CheckSpool(spool::Spool& spool) {
  uint64_t taken = 0;
  const uint64_t found = spool.documents();
  const uint64_t lost = spool.lost().documents;
  while (const auto batch = spool.Next().value()) {
    size_t end = 0;
    for (const DocumentSpan& document : batch->documents) {
      Require(document.offset == end, "documents follow one another");
      end += document.length;
    }
    Require(end == batch->text.size(), "documents tile the text");
    taken += PacketsOf(batch->documents);
    spool.Settle(batch->ticket);
  }
  Require(taken + spool.lost().documents == found + lost, "what was found is given out or lost");
  Require(spool.documents() == 0, "nothing is left");
}

}  // namespace

void Spool(Bytes bytes) {
  static const espcap::testing::TemporaryDirectory folder(espcap::testing::QuickParent());
  const std::string directory = folder.Path("spool");
  std::filesystem::remove_all(directory);
  std::filesystem::create_directory(directory);
  Input input(bytes);
  for (uint64_t number = 1; number <= 2 && !input.empty(); ++number) {
    const SegmentId id = {number, input.Next<uint8_t>(), 0x1122334455667788};
    const std::string segment = ReadSegment(id, input);
    if (!segment.empty()) CheckWalk(id, segment);
    std::ofstream(directory + "/" + SegmentName(id), std::ios::binary) << segment;
  }
  for (int run = 0; run < 2; ++run) {
    const auto opened = spool::Spool::Open({directory, kMaxBytes, kMaxBytes / 16},
                                           {[](const auto&) {}, [](const auto&) {}});
    if (!opened) return;  // of another version
    CheckSpool(**opened);
    if (run > 0) continue;
    // It is of use, whatever it has met.
    static const MadeBatch batch = MakeBatch(1, 2);
    Require((*opened)->Append(batch.Get()).value(), "it takes a batch");
    const auto back = (*opened)->Next().value();
    Require(back && back->text == batch.text, "it gives the batch back");
  }
}

}  // namespace espcap::fuzz
