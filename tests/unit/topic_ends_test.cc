// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/topic_ends.h"

#include <gtest/gtest.h>

#include <set>

namespace espcap::kafka {
namespace {

using Partitions = std::vector<int32_t>;

TEST(TopicEnds, ARunWithoutAnEndHasNone) {
  const TopicEnds none({});
  EXPECT_FALSE(none.any());
  EXPECT_EQ(none.Of(0), std::nullopt);
}

TEST(TopicEnds, WhatOthersHaveNotCommittedIsUnread) {
  TopicEnds ends({5, 0, 7, 3});
  EXPECT_TRUE(ends.any());
  EXPECT_EQ(ends.Of(2), 7);
  EXPECT_EQ(ends.Of(4), std::nullopt);
  EXPECT_EQ(ends.UnreadElsewhere(std::set<int32_t>{}), (Partitions{0, 2, 3}))
      << "the other never had a message";
  EXPECT_EQ(ends.UnreadElsewhere(std::set<int32_t>{0, 3}), Partitions{2});
  EXPECT_EQ(ends.UnreadElsewhere(std::set<int32_t>{0, 1, 2, 3}), Partitions{});
}

TEST(TopicEnds, CommitsOnlyGoOn) {
  TopicEnds ends({5, 7});
  ends.NoteCommitted(0, 4);
  ends.NoteCommitted(1, 9);
  EXPECT_EQ(ends.UnreadElsewhere(std::set<int32_t>{}), Partitions{0});
  ends.NoteCommitted(1, 2);
  ends.NoteCommitted(0, 5);
  ends.NoteCommitted(6, 1);
  EXPECT_EQ(ends.UnreadElsewhere(std::set<int32_t>{}), Partitions{}) << "an answer can be older";
}

}  // namespace
}  // namespace espcap::kafka
