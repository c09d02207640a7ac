// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/section_headers.h"

#include <algorithm>
#include <charconv>

#include "document/document_id.h"
#include "document/record_numbers.h"
#include "kafka/message_contents.h"

namespace espcap::kafka {
namespace {

constexpr size_t kMostSensorBytes = 256;
constexpr size_t kMostFileBytes = 4096;
constexpr uint64_t kMostPackets = uint64_t{1} << 20U;  // in a message

// The last of the name; empty: there is none.
std::string_view ValueOf(std::span<const ReceivedHeader> headers, std::string_view name) {
  std::string_view value;
  for (const ReceivedHeader& header : headers) {
    if (header.name == name) value = header.value;
  }
  return value;
}

}  // namespace

Result<std::optional<SectionHeaders>> ParseSectionHeaders(std::span<const ReceivedHeader> headers) {
  const std::string_view version = ValueOf(headers, "espcap");
  if (version.empty()) return std::nullopt;
  if (version != kSectionVersion) return Fail("its header espcap has a version that isn't known");
  SectionHeaders section;
  section.sensor = ValueOf(headers, "sensor");
  section.file = ValueOf(headers, "file");
  section.records = ValueOf(headers, "records");
  if (section.sensor.size() > kMostSensorBytes) return Fail("its header sensor is too long");
  if (section.file.size() > kMostFileBytes) return Fail("its header file is too long");
  const auto capture = document::ParseCaptureId(ValueOf(headers, "capture"));
  if (!capture) return Fail("its header capture is no part of an id");
  section.capture = *capture;
  const std::string_view packets = ValueOf(headers, "packets");
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(packets.data(), packets.data() + packets.size(), count);
  if (error != std::errc() || end != packets.data() + packets.size() || count == 0 ||
      count > kMostPackets) {
    return Fail("its header packets is no number of packets");
  }
  const auto numbers = document::ParseRecordNumbers(section.records, count);
  if (!numbers || numbers->back() > UINT32_MAX) {
    return Fail("its header records has no numbers of {} records", count);
  }
  section.numbers.reserve(numbers->size());
  std::transform(numbers->begin(), numbers->end(), std::back_inserter(section.numbers),
                 [](uint64_t number) { return static_cast<uint32_t>(number); });
  return section;
}

}  // namespace espcap::kafka
