// SPDX-License-Identifier: GPL-2.0-or-later
//
// How long documents took from their packet's time to their delivery, to a sixteenth of the true
// value, in constant memory.
#ifndef ESPCAP_TELEMETRY_LAG_HISTOGRAM_H_
#define ESPCAP_TELEMETRY_LAG_HISTOGRAM_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace espcap::telemetry {

class LagHistogram {
 public:
  using Milliseconds = std::chrono::duration<double, std::milli>;

  // This number of documents of one batch, of which the oldest and the newest packet are known;
  // those between are taken for evenly spread. Less than nothing (the clock was set) is nothing.
  void Add(Milliseconds oldest, Milliseconds newest, uint64_t documents);

  // The lag that `share` (0 … 1) of the documents stayed below; 0 where there are none.
  [[nodiscard]] Milliseconds Quantile(double share) const;
  [[nodiscard]] uint64_t documents() const { return documents_; }

 private:
  // Eight buckets for each doubling, from a millisecond to more than a week.
  static constexpr size_t kBucketsPerDoubling = 8;
  static constexpr size_t kBuckets = 30 * kBucketsPerDoubling;

  static size_t BucketOf(Milliseconds lag);

  std::array<uint64_t, kBuckets> counts_{};
  uint64_t documents_ = 0;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LAG_HISTOGRAM_H_
