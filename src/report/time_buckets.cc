// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/time_buckets.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iterator>

namespace espcap::report {
namespace {

constexpr uint64_t kSecond = 1000;
constexpr uint64_t kMinute = 60 * kSecond;
constexpr uint64_t kHour = 60 * kMinute;
constexpr uint64_t kDay = 24 * kHour;

constexpr uint64_t kLengths[] = {1,
                                 2,
                                 5,
                                 10,
                                 20,
                                 50,
                                 100,
                                 200,
                                 500,
                                 kSecond,
                                 2 * kSecond,
                                 5 * kSecond,
                                 10 * kSecond,
                                 20 * kSecond,
                                 30 * kSecond,
                                 kMinute,
                                 2 * kMinute,
                                 5 * kMinute,
                                 10 * kMinute,
                                 20 * kMinute,
                                 30 * kMinute,
                                 kHour,
                                 2 * kHour,
                                 3 * kHour,
                                 6 * kHour,
                                 12 * kHour,
                                 kDay,
                                 2 * kDay,
                                 7 * kDay,
                                 14 * kDay,
                                 30 * kDay,
                                 100 * kDay,
                                 365 * kDay};

}  // namespace

uint64_t BucketMillis(uint64_t span_ms) {
  const uint64_t least = span_ms / kMaxTimeBuckets + 1;
  const auto* const length = std::lower_bound(std::begin(kLengths), std::end(kLengths), least);
  if (length != std::end(kLengths)) return *length;
  return (least / kDay + 1) * kDay;
}

std::string IsoTime(int64_t ms) {
  constexpr int64_t kYear0 = -62'167'219'200'000;
  constexpr int64_t kYear10000 = 253'402'300'800'000;
  if (ms < kYear0 || ms >= kYear10000) return std::to_string(ms);
  const std::chrono::milliseconds since(ms);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto time = static_cast<std::time_t>(seconds.count());
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     (since - seconds).count());
}

std::string LengthText(uint64_t ms) {
  struct Unit {
    uint64_t ms;
    const char* name;
  };
  for (const Unit& unit : {Unit{kDay, "d"}, {kHour, "h"}, {kMinute, "min"}, {kSecond, "s"}}) {
    if (ms % unit.ms == 0) return fmt::format("{} {}", ms / unit.ms, unit.name);
  }
  return fmt::format("{} ms", ms);
}

}  // namespace espcap::report
