// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/syscall_filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <vector>

#include "base/event_fd.h"
#include "process/channel.h"

namespace espcap::process {
namespace {

// In a restricted child: 0 where `act` is true there.
int InChild(Sockets sockets, const std::function<bool()>& act) {
  const pid_t process = ::fork();
  if (process == 0) {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const bool is_restricted = RestrictSystemCalls(sockets).has_value();
    ::_exit(is_restricted && act() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(process, &status, 0);
  return status;
}

bool IsRefused(int result) { return result < 0 && errno == EPERM; }

TEST(SyscallFilter, LetsAProcessReadFilesAndUseWhatItHas) {
  auto ends = Channel::Pair();
  ASSERT_TRUE(ends);
  EXPECT_EQ(InChild(Sockets::kNone,
                    [&ends] {
                      const int file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
                      char byte = 0;
                      std::vector<char> memory(size_t{8} << 20U, 'm');
                      return file >= 0 && ::read(file, &byte, 1) == 1 && memory.back() == 'm' &&
                             ends->second.Send(memory[0]) && ends->first.Receive<char>() == 'm';
                    }),
            0);
}

TEST(SyscallFilter, RefusesTheRest) {
  EXPECT_EQ(InChild(Sockets::kNone,
                    [] {
                      const char* program[] = {"/bin/true", nullptr};
                      return IsRefused(::open("/dev/null", O_WRONLY | O_CLOEXEC)) &&
                             IsRefused(::open("/dev/null", O_RDWR | O_CLOEXEC)) &&
                             IsRefused(::open("/tmp/espcap-new", O_RDONLY | O_CREAT, 0600)) &&
                             IsRefused(::socket(AF_INET, SOCK_DGRAM, 0)) &&
                             IsRefused(::unlink("/tmp/espcap-none")) && IsRefused(::fork()) &&
                             IsRefused(::kill(::getppid(), 0)) &&
                             IsRefused(::execv(program[0], const_cast<char**>(program)));
                    }),
            0);
}

// Who shares a descriptor relies on its flags.
TEST(SyscallFilter, RefusesToMakeADescriptorWait) {
  const base::FileDescriptor event = base::MakeEventFd();
  for (const Sockets sockets : {Sockets::kNone, Sockets::kOpen}) {
    EXPECT_EQ(InChild(sockets,
                      [&event] {
                        int off = 0;
                        return IsRefused(::fcntl(event.get(), F_SETFL, 0)) &&
                               IsRefused(::ioctl(event.get(), FIONBIO, &off)) &&
                               (::fcntl(event.get(), F_GETFL) & O_NONBLOCK) != 0;
                      }),
              0);
  }
}

TEST(SyscallFilter, LetsNameServersBeAsked) {
  EXPECT_EQ(InChild(Sockets::kAllowed, [] { return ::socket(AF_INET, SOCK_DGRAM, 0) >= 0; }), 0);
}

TEST(SyscallFilter, LetsOpenSocketsBeReadWithoutNewOnes) {
  auto ends = Channel::Pair();
  ASSERT_TRUE(ends);
  EXPECT_EQ(InChild(Sockets::kOpen,
                    [&ends] {
                      int type = 0;
                      socklen_t size = sizeof(type);
                      return ::getsockopt(ends->first.fd(), SOL_SOCKET, SO_TYPE, &type, &size) ==
                                 0 &&
                             IsRefused(::socket(AF_NETLINK, SOCK_RAW, 0)) &&
                             IsRefused(::socket(AF_INET, SOCK_DGRAM, 0)) &&
                             IsRefused(::connect(ends->first.fd(), nullptr, 0));
                    }),
            0);
}

TEST(SyscallFilter, LetsAProcessAbort) {
  const int status = InChild(Sockets::kNone, []() -> bool { ::abort(); });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

}  // namespace
}  // namespace espcap::process
