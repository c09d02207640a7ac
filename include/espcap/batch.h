// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whole encoded documents on their way to one destination. A batch borrows its text, usually a slot
// of memory that a worker filled; its maker keeps that until the sink has settled the batch.
// The spans let a sink name the frame a server refused, and later send single documents again.
#ifndef ESPCAP_BATCH_H_
#define ESPCAP_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/compression.h"

namespace espcap {

// One document: its action line (bulk only), its text and the final newline. Or a section of
// packets, with its origin before it (document/section_origin.h).
struct DocumentSpan {
  size_t offset = 0;
  size_t length = 0;
  uint32_t frame_number = 0;
  uint64_t conversation = 0;  // of its packet; 0 where nobody asked for it
  uint64_t packets = 1;       // in it
};

inline uint64_t PacketsOf(const std::vector<DocumentSpan>& documents) {
  uint64_t packets = 0;
  for (const DocumentSpan& document : documents) packets += document.packets;
  return packets;
}

struct Batch {
  std::string_view text;
  std::vector<DocumentSpan> documents;
  std::shared_ptr<const std::string> source;  // the capture's name, as the user gave it
  uint32_t slot = 0;                          // the maker's name for the text's memory
  // The text once more, where its maker has compressed it.
  Compression compression = Compression::kNone;
  std::string_view compressed = {};

  [[nodiscard]] bool empty() const { return documents.empty(); }
  [[nodiscard]] std::string_view Text(const DocumentSpan& span) const {
    return text.substr(span.offset, span.length);
  }
};

}  // namespace espcap

#endif  // ESPCAP_BATCH_H_
