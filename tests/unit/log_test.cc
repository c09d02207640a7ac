// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "redirected_descriptor.h"
#include "temporary_directory.h"

namespace espcap::telemetry {
namespace {

std::string StandardErrorOf(const std::function<void()>& action) {
  const testing::TemporaryDirectory directory;
  {
    const testing::RedirectedDescriptor error(STDERR_FILENO, directory.Path("stderr"),
                                              O_WRONLY | O_CREAT);
    action();
  }
  return testing::ReadWhole(directory.Path("stderr"));
}

TEST(Log, ShowsWhatItsVerbosityAsksFor) {
  struct Case {
    Verbosity verbosity;
    const char* shown;
  };
  const Case cases[] = {
      {Verbosity::kQuiet, "espcap: error: e\nespcap: warning: w\n"},
      {Verbosity::kNormal, "espcap: error: e\nespcap: warning: w\nespcap: i\n"},
      {Verbosity::kVerbose, "espcap: error: e\nespcap: warning: w\nespcap: i\nespcap: v\n"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(StandardErrorOf([&c] {
                Log log(c.verbosity);
                log.Error("e");
                log.Warning("w");
                log.Info("i");
                log.Verbose("v");
              }),
              c.shown);
  }
}

// Messages carry file names and servers' words: no format strings.
TEST(Log, TakesMessagesAsTheyAre) {
  EXPECT_EQ(StandardErrorOf([] { Log(Verbosity::kNormal).Error("{} {0} %s %v"); }),
            "espcap: error: {} {0} %s %v\n");
}

TEST(Log, CountsErrorsOnly) {
  static_cast<void>(StandardErrorOf([] {
    Log log(Verbosity::kVerbose);
    log.Warning("w");
    log.Info("i");
    log.Verbose("v");
    EXPECT_EQ(log.errors(), 0U);
    log.Error("e");
    EXPECT_EQ(log.errors(), 1U);
  }));
}

TEST(Log, CallsTheHookBeforeEachLineItShows) {
  for (const auto& [verbosity, calls] :
       {std::pair(Verbosity::kQuiet, 2), std::pair(Verbosity::kNormal, 3),
        std::pair(Verbosity::kVerbose, 4)}) {
    int called = 0;
    static_cast<void>(StandardErrorOf([&called, v = verbosity] {
      Log log(v);
      log.SetBeforeLine([&called] { ++called; });
      log.Error("e");
      log.Warning("w");
      log.Info("i");
      log.Verbose("v");
    }));
    EXPECT_EQ(called, calls);
  }
}

TEST(RateLimited, ShowsTenThenOneNotice) {
  std::string expected;
  for (int i = 0; i < 10; ++i) expected += "espcap: error: refused " + std::to_string(i) + '\n';
  expected += "espcap: error: further messages of this kind are not shown\n";
  EXPECT_EQ(StandardErrorOf([] {
              Log log(Verbosity::kNormal);
              RateLimited errors(log, &Log::Error);
              for (int i = 0; i < 1000; ++i) errors.Report("refused " + std::to_string(i));
            }),
            expected);
}

TEST(RateLimited, ShowsAFewAsTheyAre) {
  EXPECT_EQ(StandardErrorOf([] {
              Log log(Verbosity::kNormal);
              RateLimited errors(log, &Log::Error);
              errors.Report("one");
              errors.Report("two");
            }),
            "espcap: error: one\nespcap: error: two\n");
}

}  // namespace
}  // namespace espcap::telemetry
