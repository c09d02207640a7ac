// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/record_body.h"

#include <algorithm>
#include <cstdint>

#include "base/decompressor.h"

namespace espcap::spool {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 18U;

void PutVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80U);
  out += static_cast<char>(value);
}

// Takes a varint off the front; none where it isn't whole or has more than 64 bits.
std::optional<uint64_t> ReadVarint(std::string_view& bytes) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

// Frame numbers as steps from the one before, forward even and backward odd: nearly all are 1.
uint64_t StepTo(uint32_t to, uint32_t from) {
  return to >= from ? uint64_t{to - from} << 1U : (uint64_t{from - to} << 1U) - 1;
}
uint32_t StepFrom(uint32_t from, uint64_t step) {
  const auto distance = static_cast<uint32_t>((step + 1) >> 1U);
  return step % 2 == 0 ? from + distance : from - distance;
}

bool TileTheText(const Batch& batch) {
  size_t end = 0;
  for (const DocumentSpan& document : batch.documents) {
    if (document.offset != end) return false;
    end += document.length;
  }
  return end == batch.text.size();
}

std::string EncodeList(const Batch& batch, Contents contents) {
  const std::string source = batch.source ? *batch.source : "";
  std::string list;
  PutVarint(list, source.size());
  list += source;
  uint32_t frame_number = 0;
  for (const DocumentSpan& document : batch.documents) {
    PutVarint(list, document.length);
    PutVarint(list, StepTo(document.frame_number, frame_number));
    frame_number = document.frame_number;
    if (contents == Contents::kDocuments) continue;
    PutVarint(list, document.packets);
    PutVarint(list, document.conversation);
  }
  return list;
}

// What the list of sections has more than that of documents.
bool ReadPackets(std::string_view& list, DocumentSpan& span) {
  const auto packets = ReadVarint(list);
  const auto conversation = ReadVarint(list);
  if (!packets || !conversation || *packets == 0) return false;
  span.packets = *packets;
  span.conversation = *conversation;
  return true;
}

Compression CompressionOf(PayloadForm form) {
  return form == PayloadForm::kZstd ? Compression::kZstd : Compression::kGzip;
}

}  // namespace

Result<RecordBody> BodyEncoder::Encode(const Batch& batch, Contents contents) {
  RecordBody body;
  std::string_view text = batch.text;
  if (!TileTheText(batch)) {
    text_.clear();
    for (const DocumentSpan& document : batch.documents) text_ += batch.Text(document);
    text = text_;
  }
  body.list = EncodeList(batch, contents);
  const bool has_gzip = text.data() == batch.text.data() && batch.compression == Compression::kGzip;
  if (std::max({text.size(), body.list.size(), has_gzip ? batch.compressed.size() : 0}) >
      kMaxTextBytes) {
    return Fail("a batch of {} documents and {} bytes is too large for a spool",
                batch.documents.size(), text.size());
  }
  const uint64_t packets = PacketsOf(batch.documents);
  if (packets > UINT32_MAX) return Fail("a batch of {} packets is too large for a spool", packets);
  body.frame.contents = contents;
  body.frame.documents = static_cast<uint32_t>(packets);
  if (has_gzip) {
    body.frame.form = PayloadForm::kGzip;
    body.payload = batch.compressed;
  } else {
    auto compressed = Compress(text);
    if (!compressed) return Forward(std::move(compressed));
    body.frame.form = PayloadForm::kZstd;
    body.payload = *compressed;
  }
  body.frame.text_bytes = static_cast<uint32_t>(text.size());
  body.frame.list_bytes = static_cast<uint32_t>(body.list.size());
  body.frame.payload_bytes = static_cast<uint32_t>(body.payload.size());
  body.frame.list_crc = Crc64(body.list);
  body.frame.payload_crc = Crc64(body.payload);
  return body;
}

Result<std::string_view> BodyEncoder::Compress(std::string_view text) {
  if (compressor_ == nullptr) compressor_ = base::Compressor::Make(Compression::kZstd);
  compressor_->Begin(text);
  size_t bytes = 0;
  for (bool is_last = false; !is_last;) {
    compressed_.resize(std::max(compressed_.capacity(), bytes + kPieceBytes));
    auto piece = compressor_->Next({compressed_.data() + bytes, compressed_.size() - bytes});
    if (!piece) return Forward(std::move(piece));
    bytes += piece->bytes;
    is_last = piece->is_last;
  }
  return std::string_view{compressed_.data(), bytes};
}

std::optional<DocumentList> DecodeList(const Frame& frame, std::string_view list) {
  if (Crc64(list) != frame.list_crc) return std::nullopt;
  DocumentList decoded;
  const auto source_bytes = ReadVarint(list);
  if (!source_bytes || *source_bytes > list.size()) return std::nullopt;
  decoded.source = list.substr(0, *source_bytes);
  list.remove_prefix(*source_bytes);
  const bool has_packets = frame.contents == Contents::kSections;
  const size_t least = has_packets ? 4 : 2;  // bytes of each
  if (!has_packets && frame.documents > list.size() / least) return std::nullopt;
  decoded.documents.reserve(has_packets ? list.size() / least : frame.documents);
  DocumentSpan span;
  uint64_t packets = 0;
  while (!list.empty()) {
    const auto length = ReadVarint(list);
    const auto step = ReadVarint(list);
    if (!length || !step || *length > frame.text_bytes - span.offset) return std::nullopt;
    span.length = *length;
    span.frame_number = StepFrom(span.frame_number, *step);
    if (has_packets && !ReadPackets(list, span)) return std::nullopt;
    if (span.packets > frame.documents - packets) return std::nullopt;
    packets += span.packets;
    decoded.documents.push_back(span);
    span.offset += span.length;
  }
  if (packets != frame.documents || span.offset != frame.text_bytes) return std::nullopt;
  return decoded;
}

Result<std::string> DecodePayload(const Frame& frame, std::string_view payload) {
  if (Crc64(payload) != frame.payload_crc) return Fail("its checksum is wrong");
  if (frame.text_bytes > kMaxTextBytes) return Fail("it is too large");
  return base::Decompress(CompressionOf(frame.form), payload, frame.text_bytes);
}

}  // namespace espcap::spool
