// SPDX-License-Identifier: GPL-2.0-or-later
//
// A map from small numbers to places in a vector, emptied in no time: each mark says which
// generation it is of, and those of earlier ones don't count. Memory grows with the largest number.
#ifndef ESPCAP_ENCODE_STAMPED_INDEX_H_
#define ESPCAP_ENCODE_STAMPED_INDEX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace espcap::encode {

class StampedIndex {
 public:
  // The place of `number`; `place_if_new`, which is kept, where it has none yet.
  uint32_t FindOrInsert(uint32_t number, uint32_t place_if_new) {
    if (number >= marks_.size()) [[unlikely]] {
      Grow(number);
    }
    Mark& mark = marks_.begin()[number];
    if (mark.generation != generation_) mark = {generation_, place_if_new};
    return mark.place;
  }

  void Clear() {
    if (++generation_ != 0) return;
    std::fill(marks_.begin(), marks_.end(), Mark{});  // numbers are used up: begin again
    generation_ = 1;
  }

 private:
  struct Mark {
    uint32_t generation = 0;
    uint32_t place = 0;
  };

  [[gnu::noinline, gnu::cold]] void Grow(uint32_t number) {
    marks_.resize(std::max<size_t>(size_t{number} + 1, 2 * marks_.size()));
  }

  std::vector<Mark> marks_;
  uint32_t generation_ = 1;
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_STAMPED_INDEX_H_
