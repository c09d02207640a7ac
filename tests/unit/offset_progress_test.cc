// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/offset_progress.h"

#include <gtest/gtest.h>

#include <optional>

namespace espcap::kafka {
namespace {

TEST(OffsetProgress, HasNothingToCommitAtFirst) {
  EXPECT_EQ(OffsetProgress().Committable(), std::nullopt);
}

TEST(OffsetProgress, CommitsUpToTheFirstThatIsNotSettled) {
  OffsetProgress progress;
  for (const int64_t offset : {10, 11, 15, 16}) progress.Take(offset);
  EXPECT_EQ(progress.Committable(), 10);
  progress.NoteCommitted(10);
  progress.Settle(15);
  progress.Settle(11);
  EXPECT_EQ(progress.Committable(), std::nullopt);
  progress.Settle(10);
  EXPECT_EQ(progress.Committable(), 16);
  EXPECT_EQ(progress.open(), 1U);
  progress.Settle(16);
  EXPECT_EQ(progress.Committable(), 17);
  progress.NoteCommitted(17);
  EXPECT_EQ(progress.Committable(), std::nullopt);
}

TEST(OffsetProgress, CommitsOnceMoreWhatWasNotAccepted) {
  OffsetProgress progress;
  progress.Take(3);
  progress.Settle(3);
  progress.NoteCommitted(4);
  progress.ForgetCommitted();
  EXPECT_EQ(progress.Committable(), 4);
}

TEST(OffsetProgress, IgnoresWhatWasNotTakenAndASecondTime) {
  OffsetProgress progress;
  progress.Settle(7);
  EXPECT_EQ(progress.Committable(), std::nullopt);
  progress.Take(7);
  progress.Settle(7);
  progress.Settle(7);
  progress.Settle(8);
  EXPECT_EQ(progress.Committable(), 8);
}

}  // namespace
}  // namespace espcap::kafka
