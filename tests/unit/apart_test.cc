// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/apart.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace espcap::process {
namespace {

TEST(RunApart, GivesTheTextBack) {
  const std::string long_text(3 << 20, 'x');  // more than a pipe holds
  EXPECT_EQ(RunApart([&]() -> Result<std::string> { return long_text; }).value(), long_text);
  EXPECT_EQ(RunApart([]() -> Result<std::string> { return std::string(); }).value(), "");
}

TEST(RunApart, LeavesNothingBehind) {
  int here = 1;
  ASSERT_TRUE(RunApart([&]() -> Result<std::string> {
    here = 2;
    return std::to_string(here);
  }));
  EXPECT_EQ(here, 1);
}

TEST(RunApart, TellsWhatWentWrong) {
  const auto failed = RunApart([]() -> Result<std::string> { return Fail("open {}: no", "x"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "open x: no");
  const auto died = RunApart([]() -> Result<std::string> {
    static_cast<void>(std::raise(SIGKILL));
    return std::string();
  });
  ASSERT_FALSE(died);
  EXPECT_EQ(died.error().message, "a process died of signal 9");
}

}  // namespace
}  // namespace espcap::process
