// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/lists.h"

#include <gtest/gtest.h>

#include "report/time_buckets.h"
#include "report/value_names.h"

namespace espcap::report {
namespace {

TEST(ReportListsTest, AValueIsFoundByItsQuery) {
  EXPECT_EQ(QueryOfValue({.path = "espcap.file"}, "/a \"b\""), R"(espcap.file:"/a \"b\"")");
  EXPECT_EQ(QueryOfValue({.path = "p", .filter = "q:false"}, "x"), R"(q:false AND p:"x")");
  EXPECT_EQ(QueryOfValue({.path = "port", .is_text = false}, "443"), "port:443");
  EXPECT_EQ(QueryOfValue({.path = "port", .is_text = false}, "1 OR *"),
            R"(port:1\u0020OR\u0020\*)");
}

TEST(ReportListsTest, ALayerIsTheLastOfItsStack) {
  EXPECT_EQ(TopLayer("eth:ethertype:ip:udp:dns"), "dns");
  EXPECT_EQ(TopLayer("dns"), "dns");
  EXPECT_EQ(TopLayer(""), "");
  EXPECT_EQ(QueryOfTopLayer("ftp-data"),
            R"(layers.frame.frame_frame_protocols:("ftp-data" OR *\:ftp\-data))");
}

TEST(ReportListsTest, AConversationHasTwoDirectionsUnlessItIsWithItself) {
  const AddressFields fields{"s", "d"};
  EXPECT_EQ(QueryOfConversation(fields, "a", "b"), R"(((s:"a" AND d:"b") OR (s:"b" AND d:"a")))");
  EXPECT_EQ(QueryOfConversation(fields, "a", "a"), R"((s:"a" AND d:"a"))");
}

TEST(ReportListsTest, ValuesHaveNames) {
  EXPECT_EQ(TlsVersionName("0x0304"), "TLS 1.3 (0x0304)");
  EXPECT_EQ(TlsVersionName("0x7f1c"), "0x7f1c");
  EXPECT_EQ(CipherSuiteName("0x1301"), "TLS_AES_128_GCM_SHA256 (0x1301)");
  EXPECT_EQ(TlsVersionName("772"), "TLS 1.3 (0x0304)") << "as Wireshark 4.6 has it";
  EXPECT_EQ(CipherSuiteName("53"), "TLS_RSA_WITH_AES_256_CBC_SHA (0x0035)");
  EXPECT_EQ(TlsVersionName("0x"), "0x");
  EXPECT_EQ(TlsVersionName("772 "), "772 ");
  EXPECT_EQ(TlsVersionName("4294968068"), "4294968068");
  EXPECT_EQ(CipherSuiteName("<b>"), "<b>");
  EXPECT_EQ(SeverityName("6291456"), "warning");
  EXPECT_EQ(SeverityName("7"), "7");
}

TEST(TimeBucketsTest, ThereAreNeverTooMany) {
  constexpr uint64_t kDay = 86'400'000;
  for (const uint64_t span :
       {uint64_t{0}, uint64_t{1}, uint64_t{99}, uint64_t{100}, uint64_t{12'345}, kDay, 3 * kDay,
        400 * kDay, 40'000 * kDay, ~uint64_t{0}}) {
    const uint64_t bucket = BucketMillis(span);
    EXPECT_GE(bucket, 1U);
    EXPECT_LE(span / bucket, kMaxTimeBuckets) << span;
  }
  EXPECT_EQ(BucketMillis(0), 1U);
  EXPECT_EQ(BucketMillis(60'000), 1000U);
  EXPECT_EQ(BucketMillis(kDay), 1'200'000U);
}

TEST(TimeBucketsTest, TimesAndLengthsAreReadable) {
  EXPECT_EQ(IsoTime(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(IsoTime(1'439'587'238'915), "2015-08-14T21:20:38.915Z");
  EXPECT_EQ(IsoTime(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(IsoTime(253'402'300'800'000), "253402300800000");
  EXPECT_EQ(IsoTime(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(LengthText(250), "250 ms");
  EXPECT_EQ(LengthText(10'000), "10 s");
  EXPECT_EQ(LengthText(1'200'000), "20 min");
  EXPECT_EQ(LengthText(21'600'000), "6 h");
}

}  // namespace
}  // namespace espcap::report
