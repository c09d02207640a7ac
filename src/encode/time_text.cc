// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/time_text.h"

#include <ctime>
#include <limits>

#include "encode/json_text.h"

namespace espcap::encode {
namespace {

constexpr int kMillisecond = 1'000'000;  // nanoseconds

// At least `width` digits, more where the value needs them.
void AppendPadded(ByteBuffer& out, uint64_t value, unsigned width) {
  uint64_t limit = 1;
  for (unsigned digits = 1; digits < width; ++digits) limit *= 10;
  for (; value < limit && limit > 1; limit /= 10) out.Append('0');
  AppendDecimal(out, value);
}

void AppendField(ByteBuffer& out, int value, char after) {
  AppendPadded(out, static_cast<uint64_t>(value), 2);
  out.Append(after);
}

// seconds * 1000 + milliseconds, without overflow for any second.
void AppendSignedMilliseconds(ByteBuffer& out, int64_t seconds, int64_t milliseconds) {
  if (seconds > std::numeric_limits<int64_t>::min() / 2) seconds += milliseconds / 1000;
  milliseconds %= 1000;
  if (seconds < 0 && milliseconds > 0) {
    ++seconds;
    milliseconds -= 1000;
  } else if (seconds > 0 && milliseconds < 0) {
    --seconds;
    milliseconds += 1000;
  }
  // Both have one sign now.
  if (seconds == 0) return AppendSignedDecimal(out, milliseconds);
  AppendSignedDecimal(out, seconds);
  AppendPadded(out, static_cast<uint64_t>(milliseconds < 0 ? -milliseconds : milliseconds), 3);
}

}  // namespace

void AppendAbsoluteTime(ByteBuffer& out, const nstime_t& time) {
  std::tm utc{};
  if (gmtime_r(&time.secs, &utc) == nullptr) return out.Append(R"("Not representable")");
  out.Append('"');
  AppendSignedDecimal(out, int64_t{utc.tm_year} + 1900);
  out.Append('-');
  AppendField(out, utc.tm_mon + 1, '-');
  AppendField(out, utc.tm_mday, 'T');
  AppendField(out, utc.tm_hour, ':');
  AppendField(out, utc.tm_min, ':');
  AppendField(out, utc.tm_sec, '.');
  AppendPadded(out, static_cast<uint32_t>(time.nsecs), 9);
  out.Append(R"(Z")");
}

void AppendRelativeTime(ByteBuffer& out, const nstime_t& time) {
  out.Append('"');
  int64_t nanoseconds = time.nsecs;
  if (nanoseconds < 0) {
    nanoseconds = -nanoseconds;
    if (time.secs >= 0) out.Append('-');
  }
  AppendSignedDecimal(out, time.secs);
  out.Append('.');
  AppendPadded(out, static_cast<uint64_t>(nanoseconds), 9);
  out.Append('"');
}

void AppendTimestamp(ByteBuffer& out, const nstime_t& time) {
  out.Append('"');
  const int milliseconds = time.nsecs / kMillisecond;
  if (time.secs < 0 || milliseconds < 0) {
    AppendSignedMilliseconds(out, time.secs, milliseconds);
  } else {
    AppendDecimal(out, static_cast<uint64_t>(time.secs));
    AppendPadded(out, static_cast<uint64_t>(milliseconds), 3);
  }
  out.Append('"');
}

}  // namespace espcap::encode
