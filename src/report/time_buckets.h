// SPDX-License-Identifier: GPL-2.0-or-later
//
// Time, parted for a chart. Pure functions.
#ifndef ESPCAP_REPORT_TIME_BUCKETS_H_
#define ESPCAP_REPORT_TIME_BUCKETS_H_

#include <cstdint>
#include <string>

namespace espcap::report {

inline constexpr uint64_t kMaxTimeBuckets = 100;

// Milliseconds of a bucket: a length that people reckon with, and at most kMaxTimeBuckets of them
// and one more, which begins before the span, cover it.
uint64_t BucketMillis(uint64_t span_ms);

// "2026-03-01T12:00:00.000Z"; years that have no four digits are left as milliseconds since 1970.
std::string IsoTime(int64_t ms);

// "250 ms", "10 s", "6 h".
std::string LengthText(uint64_t ms);

}  // namespace espcap::report

#endif  // ESPCAP_REPORT_TIME_BUCKETS_H_
