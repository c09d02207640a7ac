// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/time_text.h"

#include <ctime>

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
    AppendSignedDecimal(out, int64_t{time.secs} * 1000 + milliseconds);
  } else {
    AppendDecimal(out, static_cast<uint64_t>(time.secs));
    AppendPadded(out, static_cast<uint64_t>(milliseconds), 3);
  }
  out.Append('"');
}

}  // namespace espcap::encode
