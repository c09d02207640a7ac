// SPDX-License-Identifier: GPL-2.0-or-later
//
// Signal handlers are a process's, and a stop can't be taken back: each test is a child process.
#include "process/stop_signals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include "base/file_descriptor.h"
#include "temporary_directory.h"

namespace espcap::process {
namespace {

using ::testing::ExitedWithCode;

int AfterOne(int signal) {
  InstallStopSignals();
  if (StopRequested()) return 1;
  static_cast<void>(std::raise(signal));
  ::usleep(1);  // a sanitizer delivers it at a call that waits
  return StopRequested() ? 0 : 2;
}

int AfterTwo(int first, int second, useconds_t between_us) {
  if (AfterOne(first) != 0) return 10;
  ::usleep(between_us);
  static_cast<void>(std::raise(second));
  return StopSignal() != first ? 11 : StopNowRequested() ? 1 : 0;
}

TEST(StopSignalsDeathTest, TheFirstAsksForAStop) {
  EXPECT_EXIT(std::_Exit(AfterOne(SIGINT)), ExitedWithCode(0), "");
  EXPECT_EXIT(std::_Exit(AfterOne(SIGTERM)), ExitedWithCode(0), "");
  static_cast<void>(std::signal(SIGHUP, SIG_DFL));  // the tests may run under nohup(1)
  EXPECT_EXIT(std::_Exit(AfterOne(SIGHUP)), ExitedWithCode(0), "");
}

TEST(StopSignalsDeathTest, ASecondOneWithinASecondIsTheSameRequest) {
  EXPECT_EXIT(std::_Exit(AfterTwo(SIGINT, SIGTERM, 1000)), ExitedWithCode(0), "");
}

TEST(StopSignalsDeathTest, ALaterOneMeansNow) {
  EXPECT_EXIT(std::_Exit(AfterTwo(SIGINT, SIGTERM, 1'100'000)), ExitedWithCode(1), "");
}

TEST(StopSignalsDeathTest, AProcessThatIsHeldUpEndsTwoSecondsLater) {
  const auto hang = [] {
    static_cast<void>(AfterTwo(SIGINT, SIGTERM, 1'100'000));
    for (;;) ::pause();
  };
  EXPECT_EXIT(hang(), ExitedWithCode(130), "");
}

TEST(StopSignalsDeathTest, AHangupThatIsIgnoredStaysSo) {
  const auto under_nohup = [] {
    static_cast<void>(std::signal(SIGHUP, SIG_IGN));
    InstallStopSignals();
    static_cast<void>(std::raise(SIGHUP));
    return StopRequested() ? 1 : 0;
  };
  EXPECT_EXIT(std::_Exit(under_nohup()), ExitedWithCode(0), "");
}

TEST(StopSignalsDeathTest, ASignalMakesTheEventReadable) {
  const auto poll_event = [] {
    InstallStopSignals();
    pollfd wait{StopEventFd(), POLLIN, 0};
    if (::poll(&wait, 1, 0) != 0) return 1;
    static_cast<void>(std::raise(SIGTERM));
    if (::poll(&wait, 1, 0) != 1) return 2;
    ClearStopEvent();
    return ::poll(&wait, 1, 0) == 0 ? 0 : 3;
  };
  EXPECT_EXIT(std::_Exit(poll_event()), ExitedWithCode(0), "");
}

TEST(StopSignalsDeathTest, AChildsReadThatWaitsIsInterrupted) {
  const auto read_while_signalled = [] {
    LeaveStopSignalsToSupervisor();
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return 1;
    const pid_t reader = ::getpid();
    if (::fork() == 0) {
      // As the supervisor does: again and again, since the first can come before the read.
      while (::getppid() == reader) {
        ::kill(reader, ReadInterruptingSignal());
        ::usleep(10'000);
      }
      ::_exit(0);
    }
    static_cast<void>(std::raise(SIGINT));  // not its business
    char byte = 0;
    return ::read(ends[0], &byte, 1) == -1 && errno == EINTR ? 0 : 2;
  };
  EXPECT_EXIT(std::_Exit(read_while_signalled()), ExitedWithCode(0), "");
}

TEST(StopSignalsDeathTest, AChildTakesNoPartInSignalsForTheSupervisor) {
  const auto raise_all = [] {
    LeaveStopSignalsToSupervisor();
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
      static_cast<void>(std::raise(signal));
    return ReadInterruptingSignal() != SIGUSR1 ? 0 : 1;
  };
  EXPECT_EXIT(std::_Exit(raise_all()), ExitedWithCode(0), "");
}

TEST(StopSignalsDeathTest, APipeWithoutReaderIsAWriteError) {
  const auto write_to_nobody = [] {
    InstallStopSignals();
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0 || ::close(ends[0]) != 0) return 1;
    return ::write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2;
  };
  EXPECT_EXIT(std::_Exit(write_to_nobody()), ExitedWithCode(0), "");
}

// `ulimit -f`: a run must end with its ledger and whole documents, as on a full disk.
TEST(StopSignalsDeathTest, AFileAtItsSizeLimitIsAWriteError) {
  const testing::TemporaryDirectory directory;
  const std::string path = directory.Path("out");
  const auto write_beyond_limit = [&path] {
    InstallStopSignals();
    const base::FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT, 0600));
    const rlimit limit = {0, 0};
    if (!file.valid() || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    return ::write(file.get(), "x", 1) == -1 && errno == EFBIG ? 0 : 2;
  };
  EXPECT_EXIT(std::_Exit(write_beyond_limit()), ExitedWithCode(0), "");
}

}  // namespace
}  // namespace espcap::process
