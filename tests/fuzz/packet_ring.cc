// SPDX-License-Identifier: GPL-2.0-or-later
//
// A ring whose writer has put into it what it likes: records that are too long or cut, images that
// are none, a head that lies. The supervisor looks at it, and a worker reads it.
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "epan_once.h"
#include "process/packet_ring.h"
#include "stream/frame_image.h"
#include "stream/stream_record.h"
#include "stream/stream_source.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

using process::PacketRing;
using std::chrono::milliseconds;
using stream::FrameImage;
using stream::StreamRecord;

constexpr int kMaxRecords = 16;
constexpr int kMaxReads = 32;

// What the writer's page begins with: how far it has come, and the length of the log.
struct WriterNumbers {
  uint64_t head = 0;
  uint64_t log_bytes = 0;
};
char* WriterPage(const PacketRing& ring) {
  return reinterpret_cast<char*>(reinterpret_cast<uintptr_t>(&ring.work()) & ~uintptr_t{4095});
}

// As the reader of a pipe and a capture process write it; then some bytes of it are overwritten.
std::string ReadRecord(Input& input) {
  StreamRecord record;
  record.frame_number = input.Next<uint8_t>();
  record.log_bytes = input.NextBool() ? input.Next<uint64_t>() : PacketRing::kLogBytes;
  record.has_image = input.NextBool() ? input.Next<uint8_t>() : 1;
  const std::string_view path = input.NextText(input.NextBelow(16));
  record.path_bytes = static_cast<uint32_t>(path.size());
  const std::string_view data = input.NextText<uint8_t>();
  wireshark::RecordHeader header = wireshark::PacketHeader();
  header.type = input.NextBool() ? input.NextBelow(8) : REC_TYPE_PACKET;
  header.details.packet_header.caplen = static_cast<guint32>(data.size());
  std::string bytes(sizeof(record) + path.size() + FrameImage::PlainBytes(data.size()), '\0');
  std::memcpy(bytes.data(), &record, sizeof(record));
  path.copy(bytes.data() + sizeof(record), path.size());
  FrameImage::WritePlain(header, {reinterpret_cast<const uint8_t*>(data.data()), data.size()},
                         std::span(bytes).subspan(sizeof(record) + path.size()));
  for (uint32_t times = input.NextBelow(4); times > 0; --times) {
    const size_t at = input.Next<uint16_t>() % bytes.size();
    const std::string_view over = input.NextText(input.NextBelow(16));
    bytes.replace(at, std::min(over.size(), bytes.size() - at), over);
    if (over.size() > bytes.size() - at) bytes.resize(at + over.size());
  }
  if (input.NextBool()) bytes += input.NextText<uint8_t>();  // options, if the image says so
  if (input.NextBool()) bytes.resize(input.Next<uint16_t>() % (bytes.size() + 1));
  return bytes;
}

std::string ReadFact(Input& input) {
  stream::Fact fact;
  fact.kind = static_cast<stream::Fact::Kind>(input.NextBelow(6));
  fact.number = input.Next<uint32_t>();
  fact.has_name = input.Next<uint8_t>();
  fact.has_description = input.Next<uint8_t>();
  std::string bytes(sizeof(fact), '\0');
  std::memcpy(bytes.data(), &fact, sizeof(fact));
  bytes += input.NextText<uint8_t>();
  if (input.NextBool()) bytes += '\0';
  if (input.NextBool()) bytes.resize(input.Next<uint8_t>() % (bytes.size() + 1));
  return bytes;
}

// Seldom by much: to go through all of a ring, or of a log, takes milliseconds.
uint64_t Lied(uint64_t number, Input& input) {
  const uint32_t how = input.NextBelow(16);
  if (how == 1) return number + input.Next<uint64_t>();
  return how > 8 ? number + input.Next<uint16_t>() : number;
}

void Fill(PacketRing& ring, Input& input) {
  for (int count = 0; count < kMaxRecords && !input.empty(); ++count) {
    if (input.NextBelow(4) == 0) {
      static_cast<void>(ring.AppendMetadata(ReadFact(input)));
      continue;
    }
    const std::string bytes = ReadRecord(input);
    const auto room = ring.Claim(bytes.size(), [] { return false; });
    if (room.empty()) return;
    std::memcpy(room.data(), bytes.data(), bytes.size());
    const uint64_t length = input.NextBool() ? input.Next<uint64_t>() : bytes.size();
    // A length that is beyond all sense moves the head as far.
    ring.Commit(length, {input.Next<uint8_t>(), {}});
    if (length > bytes.size()) break;
  }
  WriterNumbers numbers;
  std::memcpy(&numbers, WriterPage(ring), sizeof(numbers));
  numbers.head = Lied(numbers.head, input);
  numbers.log_bytes = Lied(numbers.log_bytes, input);
  std::memcpy(WriterPage(ring), &numbers, sizeof(numbers));
  // Whether it waits: any byte.
  WriterPage(ring)[sizeof(numbers)] = static_cast<char>(input.Next<uint8_t>());
}

// The supervisor's look. REQUIRES: nothing is released.
void CheckPeek(PacketRing& ring, uint64_t records) {
  const auto peeked = ring.Peek(records);
  if (!peeked) return;
  Require(peeked->ids.size() == records, "as many records as were asked for");
  Require(peeked->end <= ring.max_record_bytes() + 64, "what is peeked at is in the ring");
  Require(peeked->end >= records * sizeof(PacketRing::RecordId), "each record has its room");
}

std::string ImageOf(const wireshark::Record& record) {
  FrameImage image;
  image.SetRecord(record);
  std::string bytes(image.bytes(), '\0');
  image.Write(bytes);
  return bytes;
}

// What is read once is what is read from its own image.
void CheckImage(const wireshark::Record& record) {
  const std::string once = ImageOf(record);
  wireshark::Record again;
  Require(FrameImage::Read(once, again), "the image of a record is one");
  Require(ImageOf(again) == once, "a record's image is the same each time");
}

void Read(PacketRing& ring) {
  stream::StreamSource source("-", ring);
  for (int count = 0; count < kMaxReads; ++count) {
    if (source.Next(milliseconds(0)) != PacketRing::State::kRecord) return;
    Require(ring.Front().size() <= ring.max_record_bytes(), "a record is bounded");
    Require(source.Origin().file.size() <= ring.Front().size(), "a path is in its record");
    if (source.has_image()) {
      Require(source.record().data().size() <= ring.Front().size(), "a frame is in its record");
      CheckImage(source.record());
    }
    for (const uint32_t interface : {0U, 1U, UINT32_MAX}) {
      for (const char* text :
           {source.InterfaceName(interface, 0), source.InterfaceDescription(interface, 0)}) {
        Require(text == nullptr || std::strlen(text) <= PacketRing::kLogBytes, "a name ends");
      }
    }
    source.Pass();
  }
}

}  // namespace

void PacketRing(Bytes bytes) {
  StartEpanOnce();
  Input input(bytes);
  const auto ring = std::move(process::PacketRing::Create().value());
  const uint64_t records = input.NextBool() ? input.Next<uint64_t>() : input.NextBelow(16);
  Fill(*ring, input);
  CheckPeek(*ring, records);
  Read(*ring);
  if (const auto first = ring->Peek(1)) ring->Release(*first);
}

}  // namespace espcap::fuzz
