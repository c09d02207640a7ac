// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/exposition.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace espcap::telemetry {
namespace {

TEST(Exposition, NamesAFamilyOnceAndThenItsSamples) {
  Exposition text;
  Family& requests = text.Counter("requests_total", "Requests.");
  requests.Sample({{"node", "http://a:9200"}, {"outcome", "answered"}}, uint64_t{3});
  text.Gauge("slots", "Slots.").Sample({}, uint64_t{4});
  // A family's samples are its own, though another was begun since.
  requests.Sample({{"node", "http://a:9200"}, {"outcome", "timeout"}}, uint64_t{0});
  EXPECT_EQ(text.Text(),
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
      {"a\xff\xc3", "a\\\\xff\\\\xc3", "a\\\\xff\\\\xc3"},
  };
  for (const Case& c : cases) {
    Exposition text;
    text.Gauge("x", c.given).Sample({{"y", c.given}}, uint64_t{1});
    EXPECT_EQ(text.Text(),
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
    Family family("x", "", "gauge");
    family.Sample({}, c.value);
    EXPECT_TRUE(family.text().ends_with(std::string("\nx ") + c.text + "\n"));
  }
  Family family("x", "", "gauge");
  family.Sample({}, std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(family.text().ends_with("\nx 18446744073709551615\n"));
}

TEST(Exposition, AddsUpAHistogramsBuckets) {
  constexpr std::array<double, 3> kBounds = {0.005, 0.5, 10};
  constexpr std::array<uint64_t, 4> kCounts = {1, 0, 4, 2};
  Exposition text;
  Family& family = text.Histogram("took_seconds", "Time.");
  family.Distribution({{"node", "a"}}, kBounds, kCounts, 61.25);
  family.Distribution({}, kBounds, std::array<uint64_t, 4>{}, 0);
  EXPECT_EQ(text.Text(),
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
