// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/subprocess.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <thread>

#include "base/file_descriptor.h"

namespace espcap::process {
namespace {

TEST(RunInSubprocess, GivesTheTextBack) {
  const std::string long_text(3 << 20, 'x');  // more than a pipe holds
  EXPECT_EQ(RunInSubprocess([&]() -> Result<std::string> { return long_text; }).value(), long_text);
  EXPECT_EQ(RunInSubprocess([]() -> Result<std::string> { return std::string(); }).value(), "");
}

TEST(RunInSubprocess, LeavesNothingBehind) {
  int here = 1;
  ASSERT_TRUE(RunInSubprocess([&]() -> Result<std::string> {
    here = 2;
    return std::to_string(here);
  }));
  EXPECT_EQ(here, 1);
}

TEST(RunInSubprocess, HoldsNoFileOfItsParent) {
  constexpr int kFarFromItsOwn = 20;
  const base::FileDescriptor held(::fcntl(STDERR_FILENO, F_DUPFD, kFarFromItsOwn));
  ASSERT_TRUE(held.valid());
  const auto is_open = RunInSubprocess(
      [&]() -> Result<std::string> { return std::to_string(::fcntl(held.get(), F_GETFD)); });
  EXPECT_EQ(is_open.value(), "-1");
}

TEST(RunInSubprocess, EndsWithItsParent) {
  const pid_t parent = ::fork();
  if (parent == 0) {
    static_cast<void>(RunInSubprocess([]() -> Result<std::string> {
      std::raise(SIGSTOP);  // for ever
      return std::string();
    }));
    ::_exit(0);
  }
  const std::string children =
      "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
  pid_t child = 0;
  while (!(std::ifstream(children) >> child)) std::this_thread::yield();
  ::kill(parent, SIGKILL);
  ASSERT_EQ(::waitpid(parent, nullptr, 0), parent);
  // A process that has ended is gone, or waits for init.
  for (std::string word = "?"; !word.empty() && word != "Z";) {
    word.clear();
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    for (int i = 0; i < 3; ++i) stat >> word;
  }
}

TEST(RunInSubprocess, TellsWhatWentWrong) {
  const auto failed =
      RunInSubprocess([]() -> Result<std::string> { return Fail("open {}: no", "x"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "open x: no");
  const auto died = RunInSubprocess([]() -> Result<std::string> {
    static_cast<void>(std::raise(SIGKILL));
    return std::string();
  });
  ASSERT_FALSE(died);
  EXPECT_EQ(died.error().message, "a process died of signal 9");
}

}  // namespace
}  // namespace espcap::process
