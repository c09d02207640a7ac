// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/child_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>

namespace espcap::process {
namespace {

using std::chrono::milliseconds;

TEST(AwaitEnd, ReapsAChildThatEnds) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  EXPECT_TRUE(AwaitEnd(child, std::chrono::minutes(1)));
  EXPECT_EQ(::waitpid(child, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(AwaitEnd, LeavesOneThatGoesOn) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  EXPECT_FALSE(AwaitEnd(child, milliseconds(1)));
  ::kill(child, SIGKILL);
  EXPECT_TRUE(AwaitEnd(child, std::chrono::minutes(1)));
}

TEST(AwaitEnd, IsOfChildrenOnly) { EXPECT_FALSE(AwaitEnd(::getpid(), milliseconds(1))); }

}  // namespace
}  // namespace espcap::process
