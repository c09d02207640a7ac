// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/lag_histogram.h"

#include <algorithm>
#include <cmath>

namespace espcap::telemetry {

size_t LagHistogram::BucketOf(Milliseconds lag) {
  if (!(lag.count() > 1)) return 0;
  const double bucket = std::ceil(std::log2(lag.count()) * kBucketsPerDoubling);
  return std::min(static_cast<size_t>(bucket), kBuckets - 1);
}

void LagHistogram::Add(Milliseconds oldest, Milliseconds newest, uint64_t documents) {
  constexpr uint64_t kSteps = 16;
  documents_ += documents;
  const uint64_t steps = std::min(documents, kSteps);
  for (uint64_t step = 0; step < steps; ++step) {
    const double place =
        steps == 1 ? 0 : static_cast<double>(step) / static_cast<double>(steps - 1);
    const uint64_t share = documents * (step + 1) / steps - documents * step / steps;
    counts_.at(BucketOf(oldest + place * (newest - oldest))) += share;
  }
}

LagHistogram::Milliseconds LagHistogram::Quantile(double share) const {
  const double wanted = share * static_cast<double>(documents_);
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < kBuckets && documents_ > 0; ++bucket) {
    seen += counts_[bucket];
    if (static_cast<double>(seen) < wanted || seen == 0) continue;
    // The middle of the bucket.
    const double doublings = (static_cast<double>(bucket) - 0.5) / kBucketsPerDoubling;
    return Milliseconds(bucket == 0 ? 1 : std::exp2(doublings));
  }
  return Milliseconds(0);
}

}  // namespace espcap::telemetry
