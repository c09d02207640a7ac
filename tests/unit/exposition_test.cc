// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/exposition.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace espcap::telemetry {
namespace {

TEST(Exposition, NamesAFamilyOnceAndThenItsSamples) {
  Exposition text;
  text.Counter("requests_total", "Requests.");
  text.Sample({{"node", "http://a:9200"}, {"outcome", "answered"}}, uint64_t{3});
  text.Sample({{"node", "http://a:9200"}, {"outcome", "timeout"}}, uint64_t{0});
  text.Gauge("slots", "Slots.");
  text.Sample({}, uint64_t{4});
  EXPECT_EQ(text.Take(),
            "# HELP requests_total Requests.\n"
            "# TYPE requests_total counter\n"
            "requests_total{node=\"http://a:9200\",outcome=\"answered\"} 3\n"
            "requests_total{node=\"http://a:9200\",outcome=\"timeout\"} 0\n"
            "# HELP slots Slots.\n"
            "# TYPE slots gauge\n"
            "slots 4\n");
}

TEST(Exposition, EscapesWhatWouldEndALineOrAValue) {
  struct Case {
    const char* given;
    const char* help;
    const char* label;
  };
  const Case cases[] = {
      {"plain", "plain", "plain"},
      {"", "", ""},
      {"a\"b", "a\"b", "a\\\"b"},
      {"a\\b", "a\\\\b", "a\\\\b"},
      {"a\nb", "a\\nb", "a\\nb"},
      {"\\\"\n", "\\\\\"\\n", "\\\\\\\"\\n"},
      {"{a=\"b\"} 1", "{a=\"b\"} 1", "{a=\\\"b\\\"} 1"},
      {"größe", "größe", "größe"},
  };
  for (const Case& c : cases) {
    Exposition text;
    text.Gauge("x", c.given);
    text.Sample({{"y", c.given}}, uint64_t{1});
    EXPECT_EQ(text.Take(),
              std::string("# HELP x ") + c.help + "\n# TYPE x gauge\nx{y=\"" + c.label + "\"} 1\n");
  }
}

TEST(Exposition, WritesNumbersThatReadBackTheSame) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  struct Case {
    double value;
    const char* text;
  };
  const Case cases[] = {{0, "0"},
                        {0.1, "0.1"},
                        {1.5, "1.5"},
                        {-2, "-2"},
                        {1e300, "1e+300"},
                        {1.0 / 3, "0.3333333333333333"},
                        {kInfinity, "+Inf"},
                        {-kInfinity, "-Inf"},
                        {std::numeric_limits<double>::quiet_NaN(), "NaN"}};
  for (const Case& c : cases) {
    Exposition text;
    text.Sample({}, c.value);
    EXPECT_EQ(text.Take(), std::string(" ") + c.text + "\n");
  }
  Exposition text;
  text.Sample({}, std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(text.Take(), " 18446744073709551615\n");
}

TEST(Exposition, AddsUpAHistogramsBuckets) {
  constexpr std::array<double, 3> kBounds = {0.005, 0.5, 10};
  constexpr std::array<uint64_t, 4> kCounts = {1, 0, 4, 2};
  Exposition text;
  text.Histogram("took_seconds", "Time.");
  text.Distribution({{"node", "a"}}, kBounds, kCounts, 61.25);
  text.Distribution({}, kBounds, std::array<uint64_t, 4>{}, 0);
  EXPECT_EQ(text.Take(),
            "# HELP took_seconds Time.\n"
            "# TYPE took_seconds histogram\n"
            "took_seconds_bucket{node=\"a\",le=\"0.005\"} 1\n"
            "took_seconds_bucket{node=\"a\",le=\"0.5\"} 1\n"
            "took_seconds_bucket{node=\"a\",le=\"10\"} 5\n"
            "took_seconds_bucket{node=\"a\",le=\"+Inf\"} 7\n"
            "took_seconds_sum{node=\"a\"} 61.25\n"
            "took_seconds_count{node=\"a\"} 7\n"
            "took_seconds_bucket{le=\"0.005\"} 0\n"
            "took_seconds_bucket{le=\"0.5\"} 0\n"
            "took_seconds_bucket{le=\"10\"} 0\n"
            "took_seconds_bucket{le=\"+Inf\"} 0\n"
            "took_seconds_sum 0\n"
            "took_seconds_count 0\n");
}

}  // namespace
}  // namespace espcap::telemetry
