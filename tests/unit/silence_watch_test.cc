// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/silence_watch.h"

#include <gtest/gtest.h>

namespace espcap::kafka {
namespace {

using std::chrono::seconds;

TEST(SilenceWatch, TellsOnceOfEachSilence) {
  struct Step {
    int second;
    bool has_heard;
    bool waits;
    bool begins;
  };
  const Step steps[] = {
      {0, false, false, false},   {100, false, false, false},  // nobody waits for an answer
      {105, false, true, false},  {109, false, true, false},  {110, false, true, true},
      {111, false, true, false},  {200, false, true, false},  // told already
      {201, true, true, false},   {210, false, true, false},  {211, false, true, true},
      {212, false, false, false}, {221, false, true, false},  {222, false, true, true},
  };
  SilenceWatch watch;
  const SilenceWatch::Time start{seconds{1000}};
  for (const Step& step : steps) {
    EXPECT_EQ(watch.Begins(step.has_heard, step.waits, start + seconds{step.second}), step.begins)
        << step.second;
  }
}

}  // namespace
}  // namespace espcap::kafka
