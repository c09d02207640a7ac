// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/section_origin.h"

#include <array>

#include "document/document_id.h"
#include "document/record_numbers.h"

namespace espcap::document {
namespace {

void AppendNumber(ByteBuffer& out, uint64_t number) {
  for (size_t byte = 0; byte < sizeof(number); ++byte) {
    out.Append(static_cast<char>(number >> 8 * byte));
  }
}

// Takes it off the front. REQUIRES: it is there.
uint64_t TakeNumber(std::string_view& bytes) {
  uint64_t number = 0;
  for (size_t byte = sizeof(number); byte-- > 0;) {
    number = number << 8U | static_cast<uint8_t>(bytes[byte]);
  }
  bytes.remove_prefix(sizeof(number));
  return number;
}

bool IsName(std::string_view text) { return text.find('\0') == std::string_view::npos; }

}  // namespace

void AppendOrigin(ByteBuffer& out, const SectionOrigin& origin) {
  for (const uint64_t number :
       {uint64_t{origin.sensor.size()}, uint64_t{origin.capture.size()},
        uint64_t{origin.file.size()}, uint64_t{origin.records.size()}, origin.packets,
        static_cast<uint64_t>(origin.first_ns), static_cast<uint64_t>(origin.last_ns)}) {
    AppendNumber(out, number);
  }
  for (const std::string_view text : {origin.sensor, origin.capture, origin.file, origin.records}) {
    out.Append(text);
  }
}

std::optional<OriginAndSection> ParseOrigin(std::string_view text) {
  if (text.size() < kOriginBytes) return std::nullopt;
  std::array<uint64_t, 4> sizes{};
  for (uint64_t& size : sizes) size = TakeNumber(text);
  OriginAndSection parsed;
  SectionOrigin& origin = parsed.origin;
  origin.packets = TakeNumber(text);
  origin.first_ns = static_cast<int64_t>(TakeNumber(text));
  origin.last_ns = static_cast<int64_t>(TakeNumber(text));
  const std::array parts = {&origin.sensor, &origin.capture, &origin.file, &origin.records};
  for (size_t part = 0; part < parts.size(); ++part) {
    const uint64_t bytes = sizes.at(part);
    if (bytes > text.size()) return std::nullopt;
    *parts.at(part) = text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  parsed.section = text;
  return parsed;
}

bool IsSection(std::string_view text, uint64_t packets) {
  const auto parsed = ParseOrigin(text);
  if (!parsed) return false;
  const SectionOrigin& origin = parsed->origin;
  return IsName(origin.sensor) && IsName(origin.file) && IsCaptureId(origin.capture) &&
         packets > 0 && origin.packets == packets && origin.first_ns <= origin.last_ns &&
         ParseRecordNumbers(origin.records, packets) && !parsed->section.empty();
}

}  // namespace espcap::document
