// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the headers of a forwarded section say (message_contents.h writes them). Everyone
// who may write to the topic can write them: each is checked, and bounded. Pure.
#ifndef ESPCAP_KAFKA_SECTION_HEADERS_H_
#define ESPCAP_KAFKA_SECTION_HEADERS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "espcap/fingerprint.h"
#include "espcap/result.h"

namespace espcap::kafka {

struct ReceivedHeader {
  std::string_view name;
  std::string_view value;
};

struct SectionHeaders {
  Fingerprint capture{};
  std::vector<uint32_t> numbers;  // of its packets' records, rising
  std::string_view records;       // the same, as they came
  std::string_view sensor;
  std::string_view file;  // empty: there is none
};

// Borrows the headers' texts. None: another program wrote the message. An error: a header isn't as
// it should be.
Result<std::optional<SectionHeaders>> ParseSectionHeaders(std::span<const ReceivedHeader> headers);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_SECTION_HEADERS_H_
