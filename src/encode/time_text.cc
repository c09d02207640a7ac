// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/time_text.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "encode/digits.h"

namespace espcap::encode {
namespace {

constexpr int kMillisecond = 1'000'000;  // nanoseconds
constexpr uint64_t kDay = 86'400;        // seconds
constexpr int64_t kYear1000 = -30'610'224'000;
constexpr int64_t kYear10000 = 253'402'300'800;

// From 4.4 on, a fraction out of range is shown as what it is.
constexpr bool kIsBefore44 = wireshark::kIsBefore44;

// The most that any function here writes: "-2147481748-12-31T23:59:59.4294967295Z", quoted, and
// "-9223372036854775808.(2147483648 nanoseconds)".
constexpr size_t kMaxText = 48 + kDigitSlack;

char* WriteField(char* write, int value, char after) {
  write = WritePadded(write, static_cast<uint64_t>(value), 2);
  *write++ = after;
  return write;
}

char* WriteFraction(char* write, const nstime_t& time) {
  *write++ = '.';
  if (!kIsBefore44 && time.nsecs < 0) {
    *write++ = '-';
    write = WritePadded(write, static_cast<uint64_t>(-int64_t{time.nsecs}), 8);
  } else {
    write = WriteNanoseconds(write, static_cast<uint32_t>(time.nsecs));
  }
  return WriteText(write, "Z");
}

// "YYYY-MM-DDT". REQUIRES: a day of the years 1000 to 9999, counted from 1000-01-01. The calendar
// is computed in years that begin in March, so that the leap day is the last (Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms").
char* WriteDate(char* write, unsigned day_since_1000) {
  constexpr unsigned kYear1000Day = 365'183;  // 1000-01-01, counted from 0000-03-01
  constexpr unsigned kDaysIn400Years = 146'097;
  const unsigned day = day_since_1000 + kYear1000Day;
  const unsigned era = day / kDaysIn400Years;
  const unsigned day_of_era = day % kDaysIn400Years;
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_from_march = (5 * day_of_year + 2) / 153;
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const unsigned year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  write = WriteTwoDigits(write, year / 100);
  write = WriteTwoDigits(write, year % 100);
  *write++ = '-';
  write = WriteTwoDigits(write, month);
  *write++ = '-';
  write = WriteTwoDigits(write, day_of_year - (153 * month_from_march + 2) / 5 + 1);
  *write++ = 'T';
  return write;
}

char* WriteClock(char* write, unsigned second_of_day) {
  write = WriteTwoDigits(write, second_of_day / 3600);
  *write++ = ':';
  write = WriteTwoDigits(write, second_of_day / 60 % 60);
  *write++ = ':';
  return WriteTwoDigits(write, second_of_day % 60);
}

// Every time that the calendar can hold: years have the digits they need.
char* WriteAnyTime(char* write, const nstime_t& time) {
  std::tm utc{};
  if (gmtime_r(&time.secs, &utc) == nullptr) return WriteText(write, "Not representable");
  write = WriteSignedDecimal(write, int64_t{utc.tm_year} + 1900);
  *write++ = '-';
  write = WriteField(write, utc.tm_mon + 1, '-');
  write = WriteField(write, utc.tm_mday, 'T');
  write = WriteField(write, utc.tm_hour, ':');
  write = WriteField(write, utc.tm_min, ':');
  write = WritePadded(write, static_cast<uint64_t>(utc.tm_sec), 2);
  return WriteFraction(write, time);
}

// seconds * 1000 + milliseconds, without overflow for any second.
char* WriteSignedMilliseconds(char* write, int64_t seconds, int64_t milliseconds) {
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
  if (seconds == 0) return WriteSignedDecimal(write, milliseconds);
  write = WriteSignedDecimal(write, seconds);
  return WritePadded(write, static_cast<uint64_t>(milliseconds < 0 ? -milliseconds : milliseconds),
                     3);
}

// With a point behind them, and the sign of both parts.
char* WriteWholeSeconds(char* write, const nstime_t& time) {
  if (time.nsecs < 0 && time.secs >= 0) *write++ = '-';
  write = WriteSignedDecimal(write, time.secs);
  *write++ = '.';
  return write;
}

uint64_t NanosecondsOf(const nstime_t& time) {
  return static_cast<uint64_t>(std::abs(int64_t{time.nsecs}));
}

// Seconds with nine decimals.
char* WriteSeconds(char* write, const nstime_t& time) {
  return WriteNanoseconds(WriteWholeSeconds(write, time), NanosecondsOf(time));
}

char* WriteRelativeTime(char* write, const nstime_t& time) {
  constexpr uint64_t kSecond = 1'000'000'000;  // nanoseconds
  if (kIsBefore44 || NanosecondsOf(time) < kSecond) return WriteSeconds(write, time);
  write = WriteText(WriteWholeSeconds(write, time), "(");
  return WriteText(WriteDecimal(write, NanosecondsOf(time)), " nanoseconds)");
}

// Ends the text from `begin` on at `most` characters, and puts quotes round it. REQUIRES: room for
// one character each before and after it.
char* Quote(char* begin, char* end, size_t most) {
  if (static_cast<size_t>(end - begin) > most) end = begin + most;
  begin[-1] = '"';
  *end = '"';
  return end + 1;
}

char* WriteTimestamp(char* write, const nstime_t& time) {
  const int milliseconds = time.nsecs / kMillisecond;
  if (time.secs < 0 || milliseconds < 0) {
    return WriteSignedMilliseconds(write, time.secs, milliseconds);
  }
  write = WriteDecimal(write, static_cast<uint64_t>(time.secs));
  return WritePadded(write, static_cast<uint64_t>(milliseconds), 3);
}

char* WriteAbsoluteTime(char* write, const nstime_t& time) {
  if (time.secs < kYear1000 || time.secs >= kYear10000) return WriteAnyTime(write, time);
  // From the year 1000 on, so that nothing is negative.
  const auto seconds = static_cast<uint64_t>(time.secs - kYear1000);
  write = WriteDate(write, static_cast<unsigned>(seconds / kDay));
  write = WriteClock(write, static_cast<unsigned>(seconds % kDay));
  return WriteFraction(write, time);
}

}  // namespace

void AppendAbsoluteTime(ByteBuffer& out, const nstime_t& time) {
  char* const text = out.Claim(kMaxText) + 1;
  out.Commit(Quote(text, WriteAbsoluteTime(text, time), wireshark::kMaxTimeCharacters));
}

void AppendRelativeTime(ByteBuffer& out, const nstime_t& time) {
  char* const text = out.Claim(kMaxText) + 1;
  out.Commit(Quote(text, WriteRelativeTime(text, time), wireshark::kMaxRelativeTimeCharacters));
}

void AppendTimestamp(ByteBuffer& out, const nstime_t& time) {
  char* write = out.Claim(kMaxText);
  *write++ = '"';
  write = WriteTimestamp(write, time);
  *write++ = '"';
  out.Commit(write);
}

void AppendEcsTime(ByteBuffer& out, const nstime_t& time) {
  constexpr int64_t kOldest = -9'000'000'000'000;  // servers count milliseconds in 64 bits
  constexpr int64_t kLatest = 9'000'000'000'000;
  const bool has_text = time.secs >= kYear1000 && time.secs < kYear10000 && time.nsecs >= 0 &&
                        time.nsecs < 1'000'000'000;
  if (has_text) return AppendAbsoluteTime(out, time);
  AppendTimestamp(out, {std::clamp<time_t>(time.secs, kOldest, kLatest), time.nsecs});
}

void AppendSecondsNumber(ByteBuffer& out, const nstime_t& time) {
  out.Commit(WriteSeconds(out.Claim(kMaxText), time));
}

void AppendTimestampNumber(ByteBuffer& out, const nstime_t& time) {
  char* write = out.Claim(kMaxText);
  // In JSON no number begins with zeros, as tshark's text does here.
  out.Commit(time.secs == 0 ? WriteSignedDecimal(write, time.nsecs / kMillisecond)
                            : WriteTimestamp(write, time));
}

}  // namespace espcap::encode
