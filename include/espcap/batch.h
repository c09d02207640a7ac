// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whole encoded documents on their way to one destination. A batch is filled by the encoder, then
// belongs to the sink; the sink hands its memory back for the next one. The spans let a sink name
// the frame a server refused, and later send single documents again.
#ifndef ESPCAP_BATCH_H_
#define ESPCAP_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/byte_buffer.h"

namespace espcap {

// One document: its action line (bulk only), its text and the final newline.
struct DocumentSpan {
  size_t offset = 0;
  size_t length = 0;
  uint32_t frame_number = 0;
  std::shared_ptr<const std::string> source;  // the capture's name, as the user gave it
};

struct Batch {
  ByteBuffer bytes;
  std::vector<DocumentSpan> documents;

  [[nodiscard]] bool empty() const { return documents.empty(); }
  [[nodiscard]] std::string_view Text(const DocumentSpan& span) const {
    return bytes.view().substr(span.offset, span.length);
  }
  void Clear() {
    bytes.Clear();
    documents.clear();
  }
};

}  // namespace espcap

#endif  // ESPCAP_BATCH_H_
