// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which layers' documents had to be cut, counted in fixed room: where a new layer finds none, it
// replaces the one with the fewest and goes on from its count. So the worst is always among them.
// Plain data, which processes share.
#ifndef ESPCAP_CUT_LAYERS_H_
#define ESPCAP_CUT_LAYERS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace espcap {

class CutLayers {
 public:
  void Add(std::string_view layer, uint64_t documents) {
    layer = layer.substr(0, kMaxBytes);
    Count* place = std::find_if(counts_.begin(), counts_.end(),
                                [layer](const Count& count) { return count.name() == layer; });
    if (place == counts_.end()) {
      place = std::min_element(counts_.begin(), counts_.end(), HasFewer);
      place->text = {};
      std::memcpy(place->text.data(), layer.data(), layer.size());
    }
    place->documents += documents;
  }
  void Add(const CutLayers& others) {
    for (const Count& other : others.counts_) {
      if (other.documents > 0) Add(other.name(), other.documents);
    }
  }
  // Whether they can be those of this number of documents, with names that can be shown: what
  // another process wrote.
  [[nodiscard]] bool Agree(uint64_t documents) const {
    uint64_t left = documents;
    for (const Count& count : counts_) {
      if (count.documents > left || !std::all_of(count.text.begin(), count.text.end(), IsOfName)) {
        return false;
      }
      left -= count.documents;
    }
    return left == 0;
  }
  // Empty: nothing was cut.
  [[nodiscard]] std::string_view Worst() const {
    return std::max_element(counts_.begin(), counts_.end(), HasFewer)->name();
  }

 private:
  static constexpr size_t kMaxLayers = 4;
  static constexpr size_t kMaxBytes = 24;  // of a name

  struct Count {
    std::array<char, kMaxBytes> text{};
    uint64_t documents = 0;

    [[nodiscard]] std::string_view name() const {
      return {text.data(), ::strnlen(text.data(), text.size())};
    }
  };
  static bool IsOfName(char byte) {
    return byte == '\0' || byte == '.' || byte == '-' || byte == '_' ||
           (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
  }
  static bool HasFewer(const Count& a, const Count& b) { return a.documents < b.documents; }

  std::array<Count, kMaxLayers> counts_{};
};

}  // namespace espcap

#endif  // ESPCAP_CUT_LAYERS_H_
