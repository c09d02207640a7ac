// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a server takes of one document, and what was left out of one to keep within it. A document
// is cut at the layer that overflows: what fits stays, and the document says what happened.
#ifndef ESPCAP_ENCODE_DOCUMENT_LIMITS_H_
#define ESPCAP_ENCODE_DOCUMENT_LIMITS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "espcap/byte_buffer.h"

namespace espcap::encode {

struct DocumentLimits {
  // Objects within one another. Servers' JSON parsers stop at 1,000 levels, and an object that
  // stands in a list takes two.
  uint32_t depth = 450;
  // Well below http.max_content_length (100 MB), and what an indexing node of little memory holds.
  uint64_t bytes = uint64_t{32} << 20U;
  // Of one text; 0: any, or what the server's template takes: only an OpenSearch's flat_object is
  // narrow (32,766 bytes).
  uint64_t value_bytes = 0;
};

// Of the last document. Cleared for each, so its memory is kept.
class Cuts {
 public:
  enum Kind : uint8_t { kDepth = 1, kBytes = 2, kValue = 4 };

  void Clear() {
    kinds_ = 0;
    layers_.clear();
  }
  // `layer` is libwireshark's name of what overflows, and outlives this.
  void Add(Kind kind, std::string_view layer) {
    kinds_ |= kind;
    constexpr size_t kMostLayers = 16;
    if (layers_.size() == kMostLayers ||
        std::find(layers_.begin(), layers_.end(), layer) != layers_.end()) {
      return;
    }
    layers_.push_back(layer);
  }
  [[nodiscard]] bool any() const { return kinds_ != 0; }
  // `,"espcap":{"cut":["size"],"cut_layer":["http"]}`. REQUIRES: any().
  void AppendMember(ByteBuffer& out) const;

 private:
  uint8_t kinds_ = 0;
  std::vector<std::string_view> layers_;
};

// How many bytes of an escaped JSON string (without its quotes) fit `most`, with no character and
// no escape cut in two.
size_t FittingPrefix(std::string_view escaped, size_t most);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_DOCUMENT_LIMITS_H_
