// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "redirected_descriptor.h"
#include "temporary_directory.h"

namespace espcap::telemetry {
namespace {

TEST(FormatProgress, ShowsShareRateAndTimeLeft) {
  struct Case {
    ProgressState state;
    double seconds;
    const char* text;
  };
  const Case cases[] = {
      {{420, 1000, 90000}, 2, " 42 %  90000 packets  45000 packets/s  0:02 left"},
      {{1, 100, 10}, 1, "  1 %  10 packets  10 packets/s  1:39 left"},
      {{1, 10000, 10}, 1, "  0 %  10 packets  10 packets/s  166:39 left"},
      {{100, 100, 10}, 10, "100 %  10 packets  1 packets/s  0:00 left"},
      {{200, 100, 10}, 10, "100 %  10 packets  1 packets/s  0:00 left"},  // the file grew
      {{0, 100, 0}, 1, "  0 %  0 packets  0 packets/s"},                  // no rate yet
      {{500, 0, 10}, 2, "10 packets  5 packets/s"},                       // a pipe: no total
      {{50, 100, 10}, 0, " 50 %  10 packets  10000 packets/s  0:00 left"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(FormatProgress(c.state, std::chrono::duration<double>(c.seconds)), c.text);
  }
}

TEST(Progress, DrawsNothingWhereItIsOff) {
  const testing::TemporaryDirectory directory;
  {
    const testing::RedirectedDescriptor error(STDERR_FILENO, directory.Path("stderr"),
                                              O_WRONLY | O_CREAT);
    Log log(Verbosity::kNormal);
    Progress progress(log, false);
    const auto start = Progress::Clock::now();
    while (Progress::Clock::now() - start < std::chrono::milliseconds(300)) {
      progress.Update({1, 2, 3});
    }
    log.ClearProgress();
  }
  EXPECT_EQ(testing::ReadWhole(directory.Path("stderr")), "");
}

TEST(Progress, DrawsAFewTimesASecondAndWipesOnce) {
  const testing::TemporaryDirectory directory;
  {
    const testing::RedirectedDescriptor error(STDERR_FILENO, directory.Path("stderr"),
                                              O_WRONLY | O_CREAT);
    Log log(Verbosity::kNormal);
    Progress progress(log, true);
    log.ClearProgress();  // nothing to wipe yet
    const auto start = Progress::Clock::now();
    while (Progress::Clock::now() - start < std::chrono::milliseconds(300)) {
      progress.Update({1, 2, 3});
    }
    log.ClearProgress();
    log.ClearProgress();
  }
  const std::string drawn = testing::ReadWhole(directory.Path("stderr"));
  EXPECT_EQ(drawn.find("\r\x1b[K 50 %  3 packets"), 0U) << drawn;
  EXPECT_TRUE(drawn.ends_with(" left\r\x1b[K")) << drawn;
  EXPECT_LT(drawn.size(), 200U);
}

}  // namespace
}  // namespace espcap::telemetry
