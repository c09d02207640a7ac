// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/forked_task.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

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

}  // namespace
}  // namespace espcap::process
