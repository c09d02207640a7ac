// SPDX-License-Identifier: GPL-2.0-or-later
//
// Signal handlers are a process's: each test is a child process.
#include "process/status_signal.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace espcap::process {
namespace {

using ::testing::ExitedWithCode;

TEST(StatusSignalDeathTest, IsARequestUntilItIsTaken) {
  const auto request_twice = [] {
    InstallStatusSignal();
    pollfd readable = {StatusEventFd(), POLLIN, 0};
    if (::poll(&readable, 1, 0) != 0 || ConsumeStatusRequest()) return 1;
    static_cast<void>(std::raise(SIGUSR1));
    static_cast<void>(std::raise(SIGUSR1));
    if (::poll(&readable, 1, 0) != 1 || !ConsumeStatusRequest()) return 2;
    if (ConsumeStatusRequest()) return 3;
    static_cast<void>(std::raise(SIGUSR1));
    return ConsumeStatusRequest() ? 0 : 4;
  };
  EXPECT_EXIT(std::_Exit(request_twice()), ExitedWithCode(0), "");
}

TEST(StatusSignalDeathTest, InterruptsNoRead) {
  const auto read_while_signalled = [] {
    InstallStatusSignal();
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return 1;
    const pid_t reader = ::getpid();
    if (::fork() == 0) {
      for (int i = 0; i < 20; ++i) {
        ::kill(reader, SIGUSR1);
        ::usleep(5'000);
      }
      ::_exit(::write(ends[1], "x", 1) == 1 ? 0 : 1);
    }
    char byte = 0;
    return ::read(ends[0], &byte, 1) == 1 && ConsumeStatusRequest() ? 0 : 2;
  };
  EXPECT_EXIT(std::_Exit(read_while_signalled()), ExitedWithCode(0), "");
}

}  // namespace
}  // namespace espcap::process
