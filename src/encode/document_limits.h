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
  // is in a list needs two.
  uint32_t depth = 450;
  // Well below http.max_content_length (100 MB). A server that indexes gets less by default.
  uint64_t bytes = uint64_t{32} << 20U;
  // Of one text; 0: any, or what the server's template takes: only an OpenSearch's flat_object is
  // narrow (32,766 bytes).
  uint64_t value_bytes = 0;
  // Of one key in one object.
  uint32_t values = UINT32_MAX;
  // Of the text of these together, where they are more than one and no objects.
  uint64_t list_bytes = UINT64_MAX;
};

// Of the last document. Cleared for each, so its memory is kept.
class Cuts {
 public:
  enum Kind : uint8_t { kDepth = 1, kBytes = 2, kValue = 4, kValues = 8 };

  void Clear() {
    kinds_ = 0;
    layers_.clear();
    keys_.clear();
  }
  // `layer` is libwireshark's name of what overflows, and outlives this.
  void Add(Kind kind, std::string_view layer) {
    kinds_ |= kind;
    AddName(layers_, layer);
  }
  // The same for a list or a text that is cut by itself; `key` is its own, and outlives this.
  void Add(Kind kind, std::string_view layer, std::string_view key) {
    Add(kind, layer);
    AddName(keys_, key);
  }
  [[nodiscard]] bool any() const { return kinds_ != 0; }
  // Empty where nothing was cut.
  [[nodiscard]] std::string_view first_layer() const {
    return layers_.empty() ? std::string_view() : layers_.front();
  }
  // `"cut":["values"],"cut_layer":["vnc"],"cut_key":["vnc_…"]`. REQUIRES: any().
  void AppendMembers(ByteBuffer& out) const;

 private:
  static void AddName(std::vector<std::string_view>& names, std::string_view name) {
    constexpr size_t kMaxNames = 16;
    if (names.size() == kMaxNames || std::find(names.begin(), names.end(), name) != names.end()) {
      return;
    }
    names.push_back(name);
  }

  uint8_t kinds_ = 0;
  std::vector<std::string_view> layers_;
  std::vector<std::string_view> keys_;
};

// How many bytes of an escaped JSON string (without its quotes) fit `most`, with no character and
// no escape cut in two.
size_t FittingPrefix(std::string_view escaped, size_t most);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_DOCUMENT_LIMITS_H_
