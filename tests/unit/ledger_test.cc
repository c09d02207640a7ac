// SPDX-License-Identifier: GPL-2.0-or-later
#include "espcap/ledger.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(CutLayers, NameTheWorst) {
  CutLayers layers;
  EXPECT_EQ(layers.Worst(), "");
  layers.Add("http", 2);
  layers.Add("vnc", 3);
  layers.Add("http", 2);
  EXPECT_EQ(layers.Worst(), "http");
  CutLayers others;
  others.Add("vnc", 5);
  layers.Add(others);
  EXPECT_EQ(layers.Worst(), "vnc");
}

TEST(CutLayers, KeepTheWorstOfAnyNumber) {
  CutLayers layers;
  for (int round = 0; round < 1000; ++round) {
    layers.Add("vnc", 1);
    layers.Add(std::to_string(round), 1);
  }
  EXPECT_EQ(layers.Worst(), "vnc");
}

TEST(CutLayers, AgreeWithTheirDocuments) {
  CutLayers layers;
  EXPECT_TRUE(layers.Agree(0));
  EXPECT_FALSE(layers.Agree(1));
  for (const char* layer : {"a", "b", "c", "d", "e", "_ws.expert"}) layers.Add(layer, 2);
  EXPECT_TRUE(layers.Agree(12));
  EXPECT_FALSE(layers.Agree(11));
  layers.Add("a\nb", 1);
  EXPECT_FALSE(layers.Agree(13));
}

TEST(CutLayers, KeepTheBeginningOfALongName) {
  CutLayers layers;
  layers.Add("a.name.that.is.longer.than.its.room", 1);
  layers.Add("a.name.that.is.longer.than.its.room", 1);
  EXPECT_EQ(layers.Worst(), "a.name.that.is.longer.th");
}

}  // namespace
}  // namespace espcap
