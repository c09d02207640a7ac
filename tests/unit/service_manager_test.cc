// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/file_descriptor.h"

namespace espcap::process {
namespace {

// A manager's side: a datagram socket without a name in the file system.
class ServiceManagerTest : public ::testing::Test {
 protected:
  ServiceManagerTest() {
    const std::string name = "espcap-test-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof(address.sun_path) - 1);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
    ::setenv("WATCHDOG_USEC", "60000", 1);
    ::unsetenv("WATCHDOG_PID");
  }
  ~ServiceManagerTest() override {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }

  // What was said since the last call, with spaces between.
  std::string Heard() {
    std::string all;
    std::array<char, 256> text{};
    for (;;) {
      const ssize_t size = ::recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
      if (size <= 0) return all;
      all += (all.empty() ? "" : " ") + std::string(text.data(), static_cast<size_t>(size));
    }
  }

  base::FileDescriptor socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

TEST_F(ServiceManagerTest, HearsWhatHappens) {
  ServiceManager manager;
  manager.Ready();
  manager.Ready();
  EXPECT_EQ(Heard(), "READY=1");
  manager.Stopping();
  manager.Stopping();
  EXPECT_EQ(Heard(), "STOPPING=1");
}

TEST_F(ServiceManagerTest, HearsOfLifeAsOftenAsItMust) {
  ServiceManager manager;
  for (int times = 0; times < 100; ++times) manager.Alive();
  EXPECT_EQ(Heard(), "WATCHDOG=1");
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  manager.Alive();
  EXPECT_EQ(Heard(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, IsNotTroubledWithoutAWatchdog) {
  ::unsetenv("WATCHDOG_USEC");
  ServiceManager manager;
  manager.Alive();
  EXPECT_EQ(Heard(), "");
}

TEST(ServiceManager, IsNotNeeded) {
  ::unsetenv("NOTIFY_SOCKET");
  ServiceManager manager;
  manager.Ready();
  manager.Alive();
  manager.Stopping();
}

}  // namespace
}  // namespace espcap::process
