// SPDX-License-Identifier: GPL-2.0-or-later
//
// How large a request's text may be, learned from what a server answers: with 413 (Elasticsearch
// counts a gzip body's text, http.max_content_length) for good, with load for a while.
#ifndef ESPCAP_ELASTICSEARCH_SIZE_LIMIT_H_
#define ESPCAP_ELASTICSEARCH_SIZE_LIMIT_H_

#include <algorithm>
#include <cstddef>
#include <limits>

namespace espcap::elasticsearch {

class SizeLimit {
 public:
  static constexpr size_t kNone = std::numeric_limits<size_t>::max();

  [[nodiscard]] size_t bytes() const { return std::min(hard_, soft_); }

  void OnTaken(size_t bytes) {
    largest_taken_ = std::max(largest_taken_, bytes);
    // What uses the limit may become larger again, slowly.
    if (soft_ == kNone || bytes < soft_ / 2) return;
    soft_ += soft_ / kGrowth + 1;
    if (soft_ > kLargest) soft_ = kNone;
  }
  // Half of it next, but no less than what was taken before.
  void OnTooLarge(size_t bytes) {
    if (largest_taken_ >= bytes) largest_taken_ = 0;  // what was true then isn't now
    hard_ = std::min(hard_, std::max(bytes / 2, largest_taken_));
  }
  void OnTooMuch(size_t bytes) { soft_ = std::min(soft_, std::max(bytes / 2, kMin)); }

 private:
  static constexpr size_t kGrowth = 16;
  static constexpr size_t kMin = size_t{64} << 10U;  // less makes a busy server no quicker
  static constexpr size_t kLargest = size_t{256} << 20U;

  size_t hard_ = kNone;
  size_t soft_ = kNone;
  size_t largest_taken_ = 0;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_SIZE_LIMIT_H_
