// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/time_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <ctime>
#include <limits>
#include <string>

#include "time_zone.h"

namespace espcap::encode {
namespace {

struct Case {
  int64_t seconds;
  int nanoseconds;
  const char* text;               // without its quotes
  const char* from_44 = nullptr;  // where it differs from 4.4 on
};

nstime_t Time(const Case& c) {
  nstime_t time{};
  time.secs = c.seconds;
  time.nsecs = c.nanoseconds;
  return time;
}

// As much of an absolute time as tshark writes.
std::string Cut(const std::string& text) { return text.substr(0, wireshark::kMaxTimeCharacters); }

std::string TextOf(const Case& c) {
  return c.from_44 == nullptr || wireshark::kIsBefore44 ? c.text : c.from_44;
}

std::string Written(void (*append)(ByteBuffer&, const nstime_t&), const Case& c) {
  ByteBuffer out;
  append(out, Time(c));
  return std::string(out.view());
}

template <size_t N>
void ExpectTexts(void (*append)(ByteBuffer&, const nstime_t&), const Case (&cases)[N]) {
  for (const Case& c : cases) {
    EXPECT_EQ(Written(append, c), '"' + TextOf(c) + '"')
        << c.seconds << " s, " << c.nanoseconds << " ns";
  }
}

template <size_t N>
void ExpectAbsoluteTimes(const Case (&cases)[N]) {
  for (const Case& c : cases) {
    EXPECT_EQ(Written(AppendAbsoluteTime, c), '"' + Cut(TextOf(c)) + '"')
        << c.seconds << " s, " << c.nanoseconds << " ns";
  }
}

constexpr int64_t kMaxSeconds = std::numeric_limits<int64_t>::max();
constexpr int64_t kMinSeconds = std::numeric_limits<int64_t>::min();
constexpr int kMaxNanoseconds = std::numeric_limits<int>::max();
constexpr int kMinNanoseconds = std::numeric_limits<int>::min();

TEST(AbsoluteTime, IsIso8601InUtcWithNanoseconds) {
  const Case cases[] = {
      {0, 0, "1970-01-01T00:00:00.000000000Z"},
      {0, 1, "1970-01-01T00:00:00.000000001Z"},
      {1709210096, 123456789, "2024-02-29T12:34:56.123456789Z"},
      {-1, 999999999, "1969-12-31T23:59:59.999999999Z"},
      {253402300799, 999999999, "9999-12-31T23:59:59.999999999Z"},
  };
  ExpectAbsoluteTimes(cases);
}

TEST(AbsoluteTime, DependsOnNoTimeZone) {
  const testing::TimeZone east("EST-14");
  const Case cases[] = {{1709210096, 0, "2024-02-29T12:34:56.000000000Z"}};
  ExpectAbsoluteTimes(cases);
}

// tshark's strftime pads no year.
TEST(AbsoluteTime, YearsHaveTheDigitsTheyNeed) {
  const Case cases[] = {
      {-30610224001, 0, "999-12-31T23:59:59.000000000Z"},
      {-62135596800, 0, "1-01-01T00:00:00.000000000Z"},
      {-62167219201, 0, "-1-12-31T23:59:59.000000000Z"},
      {253402300800, 0, "10000-01-01T00:00:00.000000000Z"},
      {9223372036, 0, "2262-04-11T23:47:16.000000000Z"},
      {67768036191676799, 0, "2147485547-12-31T23:59:59.000000000Z"},
  };
  ExpectAbsoluteTimes(cases);
}

// The calendar is computed here for the years 1000 to 9999, by the C library elsewhere: each day of
// those years, and the seconds at their edges.
TEST(AbsoluteTime, EqualsTheCLibrarysCalendar) {
  const auto expect_equal = [](int64_t seconds) {
    std::tm utc{};
    const std::time_t time = seconds;
    ASSERT_NE(gmtime_r(&time, &utc), nullptr);
    const std::string expected =
        fmt::format("{}-{:02}-{:02}T{:02}:{:02}:{:02}.000000000Z", utc.tm_year + 1900,
                    utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
    EXPECT_EQ(Written(AppendAbsoluteTime, {seconds, 0, ""}), '"' + Cut(expected) + '"');
  };
  constexpr int64_t kYear1000 = -30'610'224'000;
  constexpr int64_t kYear10000 = 253'402'300'800;
  constexpr int64_t kStep = 86'400 - 7;  // each day, another time of day
  for (int64_t seconds = kYear1000 - 3 * kStep; seconds < kYear10000 + kStep; seconds += kStep) {
    expect_equal(seconds);
  }
  for (const int64_t edge : {kYear1000, kYear10000, int64_t{0}}) {
    for (int64_t seconds = edge - 2; seconds <= edge + 2; ++seconds) expect_equal(seconds);
  }
}

TEST(AbsoluteTime, BeyondTheCalendarIsNotRepresentable) {
  const Case cases[] = {
      {67768036191676800, 0, "Not representable"},
      {kMaxSeconds, 0, "Not representable"},
      {kMinSeconds, 0, "Not representable"},
  };
  ExpectAbsoluteTimes(cases);
}

// "%09u" of the field, and "%09d" from 4.4 on, as tshark prints a damaged one.
TEST(AbsoluteTime, AFractionOutOfRangeIsPrintedAsTsharkDoes) {
  const Case cases[] = {
      {0, -1, "1970-01-01T00:00:00.4294967295Z", "1970-01-01T00:00:00.-00000001Z"},
      {0, -294967296, "1970-01-01T00:00:00.4000000000Z", "1970-01-01T00:00:00.-294967296Z"},
      {0, kMinNanoseconds, "1970-01-01T00:00:00.2147483648Z", "1970-01-01T00:00:00.-2147483648Z"},
      {0, 1000000000, "1970-01-01T00:00:00.1000000000Z"},
  };
  ExpectAbsoluteTimes(cases);
}

TEST(RelativeTime, IsSecondsWithNineDecimals) {
  const Case cases[] = {
      {0, 0, "0.000000000"},
      {0, 1, "0.000000001"},
      {12, 345678901, "12.345678901"},
      {kMaxSeconds, 999999999, "9223372036854775807.999999999"},
  };
  ExpectTexts(AppendRelativeTime, cases);
}

TEST(RelativeTime, HasOneSignHoweverItIsSplit) {
  const Case cases[] = {
      {0, -1000, "-0.000001000"},
      {-1, 0, "-1.000000000"},
      {-1, -500000000, "-1.500000000"},
      {-3, 25, "-3.000000025"},  // no sign of its own: libwireshark's digits
      {2, -1, "-2.000000001"},
      {kMinSeconds, -999999999, "-9223372036854775808.999999999"},
      {0, 1000000000, "0.1000000000", "0.(1000000000 nanoseconds)"},
      {0, kMinNanoseconds, "-0.2147483648", "-0.(2147483648 nanoseconds)"},
      {0, kMaxNanoseconds, "0.2147483647", "0.(2147483647 nanoseconds)"},
      {-1418145372, 2000000000, "-1418145372.2000000000", "-1418145372.(2000000000 nanose"},
  };
  ExpectTexts(AppendRelativeTime, cases);
}

TEST(Timestamp, IsMillisecondsSinceTheEpochWithTsharksDigits) {
  const Case cases[] = {
      {1709210096, 123456789, "1709210096123"},
      {1709210096, 999999999, "1709210096999"},
      {1, 5000000, "1005"},
      {1, 50000000, "1050"},
      {1, 999999, "1000"},
      {0, 0, "0000"},
      {0, 7000000, "0007"},
      {1, 1000000000, "11000"},  // a fraction beyond its second
      {1, 1999999999, "11999"},
      {kMaxSeconds, 0, "9223372036854775807000"},
  };
  ExpectTexts(AppendTimestamp, cases);
}

TEST(Timestamp, IsSignedWhereTsharkWritesNoNumber) {
  const Case cases[] = {
      {-1, 0, "-1000"},      {-1, 500000000, "-500"},
      {-1, 999000000, "-1"}, {-86400, 1000000, "-86399999"},
      {0, -12000000, "-12"}, {5, -12000000, "4988"},
      {0, -999999, "0000"},  // less than a millisecond: a number
  };
  ExpectTexts(AppendTimestamp, cases);
}

// Seconds and fraction have signs of their own, and the fraction can be more than a second.
TEST(Timestamp, AddsSecondsAndFraction) {
  const Case cases[] = {
      {-1, -500000000, "-1500"}, {-1, 1500000000, "500"},  {-2, 1000000000, "-1000"},
      {-3, 1500000000, "-1500"}, {-1, 1000000000, "0"},    {-1, 1999999, "-999"},
      {1, -1500000000, "-500"},  {3, -1500000000, "1500"}, {1, -1000000000, "0"},
      {1, -1000000, "999"},      {-10, 5000000, "-9995"},  {10, -2000000000, "8000"},
  };
  ExpectTexts(AppendTimestamp, cases);
}

TEST(TimeNumbers, AreJsonNumbers) {
  const auto number = [](void (*append)(ByteBuffer&, const nstime_t&), time_t seconds,
                         int fraction) {
    ByteBuffer out;
    append(out, {seconds, fraction});
    return std::string(out.view());
  };
  EXPECT_EQ(number(AppendTimestampNumber, 1709210096, 123456789), "1709210096123");
  EXPECT_EQ(number(AppendTimestampNumber, 0, 7000000), "7");  // no zeros before it
  EXPECT_EQ(number(AppendTimestampNumber, 0, -12000000), "-12");
  EXPECT_EQ(number(AppendTimestampNumber, 0, 0), "0");
  EXPECT_EQ(number(AppendTimestampNumber, -1, 500000000), "-500");
  EXPECT_EQ(number(AppendSecondsNumber, 0, -1000), "-0.000001000");
  EXPECT_EQ(number(AppendSecondsNumber, 12, 345678901), "12.345678901");
}

TEST(Timestamp, IsRightForTimesFarBeforeTheEpoch) {
  const Case cases[] = {
      {-9223372036854775, 0, "-9223372036854775000"},
      {-9223372036854776, 0, "-9223372036854776000"},
      {kMinSeconds, 0, "-9223372036854775808000"},
  };
  ExpectTexts(AppendTimestamp, cases);
}

}  // namespace
}  // namespace espcap::encode
