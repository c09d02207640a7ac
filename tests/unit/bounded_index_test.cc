// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/bounded_index.h"

#include <gtest/gtest.h>

namespace espcap::document {
namespace {

constexpr std::time_t kDay = 24 * 60 * 60;
constexpr std::time_t kNow = 20'000 * kDay + 3600;

TEST(BoundedIndex, TimesBeyondTheBoundShareOneIndex) {
  BoundedIndex index(*IndexName::Parse("p-%Y-%m-%d"), 2, "p-rest");
  EXPECT_EQ(index.For(0, kNow), "p-1970-01-01");
  EXPECT_EQ(index.For(kDay, kNow), "p-1970-01-02");
  EXPECT_EQ(index.For(2 * kDay, kNow), "p-rest");
  EXPECT_EQ(index.For(2 * kDay, kNow), "p-rest");
  EXPECT_EQ(index.For(3 * kDay, kNow), "p-rest");
  EXPECT_EQ(index.rest_documents(), 3U);
  // Those that were there go on.
  EXPECT_EQ(index.For(kDay, kNow), "p-1970-01-02");
  EXPECT_EQ(index.For(kDay + 1, kNow), "p-1970-01-02");
  EXPECT_EQ(index.rest_documents(), 3U);
}

TEST(BoundedIndex, TodayHasAlwaysAnIndex) {
  BoundedIndex index(*IndexName::Parse("p-%Y-%m-%d"), 1, "p-rest");
  EXPECT_EQ(index.For(0, kNow), "p-1970-01-01");
  for (std::time_t days = 0; days < 1000; ++days) {
    const std::time_t now = kNow + days * kDay;
    EXPECT_NE(index.For(now, now), "p-rest");
    EXPECT_NE(index.For(now - kDay, now), "p-rest");
  }
  EXPECT_EQ(index.rest_documents(), 0U);
  EXPECT_EQ(index.For(kNow + 2000 * kDay, kNow), "p-rest");
}

}  // namespace
}  // namespace espcap::document
