// SPDX-License-Identifier: GPL-2.0-or-later
#include "espcap/ledger.h"

#include <gtest/gtest.h>

namespace espcap {
namespace {

TEST(Ledger, BalancesBeforeAnythingHappened) { EXPECT_TRUE(Ledger().Balanced()); }

TEST(Ledger, EveryOutcomeAccountsForAPacket) {
  for (const auto& [name, outcome] : Ledger::kOutcomes) {
    Ledger ledger;
    ledger.captured = 3;
    ledger.*outcome = 3;
    EXPECT_TRUE(ledger.Balanced());
    ledger.*outcome = 2;
    EXPECT_FALSE(ledger.Balanced());  // one is lost
    ledger.*outcome = 4;
    EXPECT_FALSE(ledger.Balanced()) << name;  // one is counted twice
  }
}

TEST(Ledger, WhatAnEarlierRunCapturedComesInToo) {
  Ledger ledger;
  ledger.captured = 3;
  ledger.recovered = 2;
  ledger.indexed = 5;
  EXPECT_TRUE(ledger.Balanced());
  ledger.recovered = 0;
  EXPECT_FALSE(ledger.Balanced());
}

TEST(Ledger, OutcomesAddUp) {
  Ledger ledger;
  for (const Ledger::Outcome& outcome : Ledger::kOutcomes) {
    ++ledger.captured;
    ++(ledger.*outcome.packets);
  }
  EXPECT_TRUE(ledger.Balanced());
}

}  // namespace
}  // namespace espcap
