// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where the packets of a forwarded section come from: what the supervisor writes before the section
// in a batch, as it writes an action line before a document. A spool keeps both
// (docs/design/spool-format.md). Pure; what is parsed may be any bytes.
#ifndef ESPCAP_DOCUMENT_SECTION_ORIGIN_H_
#define ESPCAP_DOCUMENT_SECTION_ORIGIN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "espcap/byte_buffer.h"

namespace espcap::document {

struct SectionOrigin {
  std::string_view sensor;   // that has captured them
  std::string_view capture;  // what the ids of its packets' documents begin with
  std::string_view file;     // by which documents name it; empty: it is none
  std::string_view records;  // numbers of its packets' records (record_numbers.h)
  uint64_t packets = 0;
  int64_t first_ns = 0;  // the earliest and the latest time, since the epoch
  int64_t last_ns = 0;
};

// The bytes of one without its texts.
constexpr size_t kOriginBytes = 56;

void AppendOrigin(ByteBuffer& out, const SectionOrigin& origin);

struct OriginAndSection {
  SectionOrigin origin;  // borrows its texts
  std::string_view section;
};
// None where `text` doesn't begin as AppendOrigin() writes it.
std::optional<OriginAndSection> ParseOrigin(std::string_view text);

// Whether the text is a section of that number of packets, with an origin as the supervisor writes
// it. The section's blocks are its reader's to judge.
bool IsSection(std::string_view text, uint64_t packets);

}  // namespace espcap::document

#endif  // ESPCAP_DOCUMENT_SECTION_ORIGIN_H_
