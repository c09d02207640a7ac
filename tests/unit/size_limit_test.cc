// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/size_limit.h"

#include <gtest/gtest.h>

namespace espcap::elasticsearch {
namespace {

TEST(SizeLimit, HalvesDownToWhatIsTaken) {
  SizeLimit limit;
  EXPECT_EQ(limit.bytes(), SizeLimit::kNone);
  limit.OnTooLarge(8'000);
  EXPECT_EQ(limit.bytes(), 4'000U);
  limit.OnTooLarge(4'000);
  EXPECT_EQ(limit.bytes(), 2'000U);
  limit.OnTaken(1'900);
  limit.OnTooLarge(2'000);
  EXPECT_EQ(limit.bytes(), 1'900U);  // not 1,000
}

// A single document that was too large says nothing about smaller limits.
TEST(SizeLimit, NeverGrows) {
  SizeLimit limit;
  limit.OnTooLarge(1'000);
  limit.OnTooLarge(100'000);
  EXPECT_EQ(limit.bytes(), 500U);
}

TEST(SizeLimit, ComesBackAfterLoad) {
  SizeLimit limit;
  limit.OnTooMuch(8'000'000);
  EXPECT_EQ(limit.bytes(), 4'000'000U);
  limit.OnTooMuch(4'000'000);
  EXPECT_EQ(limit.bytes(), 2'000'000U);
  limit.OnTaken(100);  // says nothing about large ones
  EXPECT_EQ(limit.bytes(), 2'000'000U);
  limit.OnTaken(2'000'000);
  EXPECT_GT(limit.bytes(), 2'000'000U);
  EXPECT_LT(limit.bytes(), 3'000'000U);
  for (int i = 0; i < 100; ++i) limit.OnTaken(limit.bytes());
  EXPECT_EQ(limit.bytes(), SizeLimit::kNone);
}

TEST(SizeLimit, LoadDoesNotLiftWhatIsTooLarge) {
  SizeLimit limit;
  limit.OnTooLarge(2'000'000);
  limit.OnTooMuch(1'000'000);
  EXPECT_EQ(limit.bytes(), 500'000U);
  for (int i = 0; i < 300; ++i) limit.OnTaken(limit.bytes());
  EXPECT_EQ(limit.bytes(), 1'000'000U);
}

TEST(SizeLimit, LoadMakesNoCrumbs) {
  SizeLimit limit;
  for (int i = 0; i < 100; ++i) limit.OnTooMuch(std::min<size_t>(limit.bytes(), 1'000'000));
  EXPECT_EQ(limit.bytes(), 65'536U);
}

// A proxy that counts compressed bytes, or a server whose setting has changed.
TEST(SizeLimit, WhatWasTakenOnceMayBeTooLargeLater) {
  SizeLimit limit;
  limit.OnTaken(5'000);
  limit.OnTooLarge(4'000);
  EXPECT_EQ(limit.bytes(), 2'000U);
}

}  // namespace
}  // namespace espcap::elasticsearch
