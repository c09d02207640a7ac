// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/segment_format.h"

#include <fmt/format.h>
#include <isa-l/crc64.h>

#include <cassert>
#include <charconv>
#include <system_error>

namespace espcap::spool {
namespace {

constexpr std::string_view kMagic = "ESPSPOOL";
constexpr std::string_view kNameBegin = "segment-";
constexpr std::string_view kNameEnd = ".spool";
constexpr size_t kNumberDigits = 10;
constexpr size_t kHexDigits = 16;
constexpr size_t kCrcBytes = sizeof(uint64_t);

template <class Integer>
void Put(std::string& out, Integer value) {
  for (size_t byte = 0; byte < sizeof(value); ++byte) out += static_cast<char>(value >> 8 * byte);
}

// Takes little-endian numbers off the front. REQUIRES: they are there.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : bytes_(bytes) {}

  template <class Integer>
  Integer Read() {
    Integer value = 0;
    for (size_t byte = sizeof(value); byte-- > 0;) {
      value = static_cast<Integer>(value << 8U | static_cast<uint8_t>(bytes_[byte]));
    }
    bytes_.remove_prefix(sizeof(value));
    return value;
  }
  void Skip(size_t count) { bytes_.remove_prefix(count); }

 private:
  std::string_view bytes_;
};

// Whether the last eight of them are the CRC of those before.
bool IsSealed(std::string_view bytes) {
  const size_t end = bytes.size() - kCrcBytes;
  return Fields(bytes.substr(end)).Read<uint64_t>() == Crc64(bytes.substr(0, end));
}

std::optional<uint64_t> ParseDigits(std::string_view digits, int base) {
  uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [parsed, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || parsed != end) return std::nullopt;
  return value;
}

bool IsKind(uint32_t value) { return value >= 1 && value <= 3; }
bool IsForm(uint16_t value) { return value >= 1 && value <= 2; }
bool IsContents(uint16_t value) { return value <= 1; }

}  // namespace

uint64_t Crc64(std::string_view bytes) {
  return crc64_ecma_refl(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::string SegmentName(const SegmentId& id) {
  return fmt::format("{}{:010}-{:016x}-{:016x}{}", kNameBegin, id.number, id.documents_before,
                     id.marker, kNameEnd);
}

std::optional<SegmentId> ParseSegmentName(std::string_view name) {
  // The number may have outgrown its digits.
  constexpr size_t kBehindNumber = 1 + kHexDigits + 1 + kHexDigits + kNameEnd.size();
  if (name.size() < kNameBegin.size() + kNumberDigits + kBehindNumber) return std::nullopt;
  const size_t documents_at = name.size() - kBehindNumber + 1;
  const size_t number_digits = documents_at - 1 - kNameBegin.size();
  const auto number = ParseDigits(name.substr(kNameBegin.size(), number_digits), 10);
  const auto documents_before = ParseDigits(name.substr(documents_at, kHexDigits), 16);
  const auto marker = ParseDigits(name.substr(documents_at + kHexDigits + 1, kHexDigits), 16);
  if (!number || !documents_before || !marker) return std::nullopt;
  const SegmentId id = {*number, *documents_before, *marker};
  if (SegmentName(id) != name) return std::nullopt;  // other letters between, other digits
  return id;
}

std::string EncodeHeader(const SegmentHeader& header) {
  std::string bytes(kMagic);
  Put(bytes, header.version);
  Put(bytes, uint32_t{0});
  Put(bytes, header.id.number);
  Put(bytes, header.id.documents_before);
  Put(bytes, header.id.marker);
  bytes.resize(kHeaderBytes - kCrcBytes);
  Put(bytes, Crc64(bytes));
  return bytes;
}

std::optional<SegmentHeader> DecodeHeader(std::string_view bytes) {
  if (bytes.size() != kHeaderBytes || !bytes.starts_with(kMagic) || !IsSealed(bytes)) {
    return std::nullopt;
  }
  Fields fields(bytes.substr(kMagic.size()));
  SegmentHeader header;
  header.version = fields.Read<uint32_t>();
  fields.Skip(sizeof(uint32_t));
  header.id.number = fields.Read<uint64_t>();
  header.id.documents_before = fields.Read<uint64_t>();
  header.id.marker = fields.Read<uint64_t>();
  return header;
}

std::string EncodeFrame(const Frame& frame, uint64_t marker) {
  std::string bytes;
  bytes.reserve(kFrameBytes);
  Put(bytes, marker);
  Put(bytes, static_cast<uint32_t>(frame.kind));
  Put(bytes, frame.documents);
  Put(bytes, frame.documents_before);
  Put(bytes, static_cast<uint16_t>(frame.form));
  Put(bytes, static_cast<uint16_t>(frame.contents));
  Put(bytes, frame.text_bytes);
  Put(bytes, frame.list_bytes);
  Put(bytes, frame.payload_bytes);
  Put(bytes, frame.list_crc);
  Put(bytes, frame.payload_crc);
  Put(bytes, Crc64(bytes));
  assert(bytes.size() == kFrameBytes);
  return bytes;
}

std::optional<Frame> DecodeFrame(std::string_view bytes, uint64_t marker) {
  if (bytes.size() != kFrameBytes || !IsSealed(bytes)) return std::nullopt;
  Fields fields(bytes);
  if (fields.Read<uint64_t>() != marker) return std::nullopt;
  Frame frame;
  const auto kind = fields.Read<uint32_t>();
  frame.kind = static_cast<FrameKind>(kind);
  frame.documents = fields.Read<uint32_t>();
  frame.documents_before = fields.Read<uint64_t>();
  const auto form = fields.Read<uint16_t>();
  frame.form = static_cast<PayloadForm>(form);
  const auto contents = fields.Read<uint16_t>();
  frame.contents = static_cast<Contents>(contents);
  frame.text_bytes = fields.Read<uint32_t>();
  frame.list_bytes = fields.Read<uint32_t>();
  frame.payload_bytes = fields.Read<uint32_t>();
  frame.list_crc = fields.Read<uint64_t>();
  frame.payload_crc = fields.Read<uint64_t>();
  if (!IsKind(kind) || !IsForm(form) || !IsContents(contents)) return std::nullopt;
  return frame;
}

std::string EncodeMarker(uint64_t marker) {
  std::string bytes;
  Put(bytes, marker);
  return bytes;
}

}  // namespace espcap::spool
