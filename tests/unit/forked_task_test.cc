// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/forked_task.h"

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

bool NeverStopped() { return false; }

TEST(ForkedTask, GivesItsResultToAllWhoAsk) {
  const std::string long_text(3 << 20, 'x');
  const auto ahead = ForkedTask::Start([&]() -> Result<std::string> { return long_text; }).value();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(ahead->Await(NeverStopped) == long_text ? 7 : 1);
  EXPECT_EQ(ahead->Await(NeverStopped), long_text);
  EXPECT_EQ(ahead->Await(NeverStopped), long_text);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(ForkedTask, HasAnEmptyResult) {
  const auto ahead =
      ForkedTask::Start([]() -> Result<std::string> { return std::string(); }).value();
  EXPECT_EQ(ahead->Await(NeverStopped), "");
}

TEST(ForkedTask, HasNoResultAfterAnErrorOrADeath) {
  const auto failed = ForkedTask::Start([]() -> Result<std::string> { return Fail("no"); }).value();
  EXPECT_EQ(failed->Await(NeverStopped), std::nullopt);
  const auto died = ForkedTask::Start([]() -> Result<std::string> {
                      ::raise(SIGKILL);
                      return std::string("never");
                    }).value();
  EXPECT_EQ(died->Await(NeverStopped), std::nullopt);
}

TEST(ForkedTask, IsNotAwaitedAfterAStopAndEndsWithItsOwner) {
  auto ahead = ForkedTask::Start([]() -> Result<std::string> {
                 for (;;) ::pause();
               }).value();
  int asked = 0;
  EXPECT_EQ(ahead->Await([&asked] { return ++asked > 2; }), std::nullopt);
  ahead.reset();
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no child is left
}

TEST(ForkedTask, HasNoFileOfItsMaker) {
  const base::FileDescriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = ::fcntl(file.get(), F_DUPFD_CLOEXEC, 50);
  const auto ahead = ForkedTask::Start([number]() -> Result<std::string> {
                       return std::string(::fcntl(number, F_GETFD) < 0 ? "closed" : "open");
                     }).value();
  EXPECT_EQ(ahead->Await(NeverStopped), "closed");
  ::close(number);
}

TEST(RunForkedTask, GivesTheTextBack) {
  const std::string long_text(3 << 20, 'x');  // more than a pipe holds
  EXPECT_EQ(RunForkedTask([&]() -> Result<std::string> { return long_text; }).value(), long_text);
  EXPECT_EQ(RunForkedTask([]() -> Result<std::string> { return std::string(); }).value(), "");
}

TEST(RunForkedTask, LeavesNothingBehind) {
  int here = 1;
  ASSERT_TRUE(RunForkedTask([&]() -> Result<std::string> {
    here = 2;
    return std::to_string(here);
  }));
  EXPECT_EQ(here, 1);
}

TEST(RunForkedTask, HoldsNoFileOfItsParent) {
  constexpr int kFarFromItsOwn = 20;
  const base::FileDescriptor held(::fcntl(STDERR_FILENO, F_DUPFD, kFarFromItsOwn));
  ASSERT_TRUE(held.valid());
  const auto is_open = RunForkedTask(
      [&]() -> Result<std::string> { return std::to_string(::fcntl(held.get(), F_GETFD)); });
  EXPECT_EQ(is_open.value(), "-1");
}

TEST(RunForkedTask, EndsWithItsParent) {
  const pid_t parent = ::fork();
  if (parent == 0) {
    static_cast<void>(RunForkedTask([]() -> Result<std::string> {
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

TEST(RunForkedTask, TellsWhatWentWrong) {
  const auto failed =
      RunForkedTask([]() -> Result<std::string> { return Fail("open {}: no", "x"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "open x: no");
  const auto died = RunForkedTask([]() -> Result<std::string> {
    static_cast<void>(std::raise(SIGKILL));
    return std::string();
  });
  ASSERT_FALSE(died);
  EXPECT_EQ(died.error().message, "a process died of signal 9");
}

}  // namespace
}  // namespace espcap::process
