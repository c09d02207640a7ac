// SPDX-License-Identifier: GPL-2.0-or-later
//
// How large a request's text may be, learned from what a server takes and what it answers with 413.
// (Elasticsearch counts a gzip body's text, http.max_content_length.)
#ifndef ESPCAP_DELIVER_SIZE_LIMIT_H_
#define ESPCAP_DELIVER_SIZE_LIMIT_H_

#include <algorithm>
#include <cstddef>
#include <limits>

namespace espcap::deliver {

class SizeLimit {
 public:
  static constexpr size_t kNone = std::numeric_limits<size_t>::max();

  [[nodiscard]] size_t bytes() const { return bytes_; }

  void OnTaken(size_t bytes) { largest_taken_ = std::max(largest_taken_, bytes); }
  // Half of it next, but no less than what was taken before.
  void OnTooLarge(size_t bytes) {
    if (largest_taken_ >= bytes) largest_taken_ = 0;  // what was true then isn't now
    bytes_ = std::min(bytes_, std::max(bytes / 2, largest_taken_));
  }

 private:
  size_t bytes_ = kNone;
  size_t largest_taken_ = 0;
};

}  // namespace espcap::deliver

#endif  // ESPCAP_DELIVER_SIZE_LIMIT_H_
