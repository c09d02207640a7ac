// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/local_ports.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

namespace espcap::http {
namespace {

uint16_t PortOf(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

TEST(LocalPorts, EachIsUsedOnceInARow) {
  auto ports = LocalPorts::Reserve();
  ASSERT_TRUE(ports.has_value()) << ports.error().message;
  const uint16_t first = (*ports)->first();
  std::set<uint16_t> used;
  for (int round = 0; round < LocalPorts::kCount; ++round) {
    const int socket = (*ports)->Open(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ASSERT_GE(socket, 0);
    const uint16_t port = PortOf(socket);
    EXPECT_TRUE(port >= first && port - first < LocalPorts::kCount) << port;
    EXPECT_TRUE(used.insert(port).second) << port;
    (*ports)->Close(socket);
  }
  const int again = (*ports)->Open(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  EXPECT_EQ(PortOf(again), first) << "the one that rested longest";
  (*ports)->Close(again);
}

TEST(LocalPorts, ThreadsShareThem) {
  auto ports = LocalPorts::Reserve();
  ASSERT_TRUE(ports.has_value()) << ports.error().message;
  std::array<std::atomic<int>, LocalPorts::kCount> users{};
  std::atomic<int> shared = 0;
  const auto use = [&] {
    for (int round = 0; round < 1000; ++round) {
      const int socket = (*ports)->Open(AF_INET, SOCK_STREAM, IPPROTO_TCP);
      auto& of_this = users.at(PortOf(socket) - (*ports)->first());
      if (of_this.fetch_add(1) != 0) ++shared;
      of_this.fetch_sub(1);
      (*ports)->Close(socket);
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) threads.emplace_back(use);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shared, 0);
  std::vector<int> all;
  for (int round = 0; round < LocalPorts::kCount; ++round) {
    all.push_back((*ports)->Open(AF_INET, SOCK_STREAM, IPPROTO_TCP));
  }
  EXPECT_EQ(std::count(all.begin(), all.end(), -1), 0) << "none is lost";
  for (const int socket : all) (*ports)->Close(socket);
}

TEST(LocalPorts, NoMoreConnectionsThanPorts) {
  auto ports = LocalPorts::Reserve();
  ASSERT_TRUE(ports.has_value());
  std::vector<int> open;
  open.reserve(LocalPorts::kCount);
  for (int count = 0; count < LocalPorts::kCount; ++count) {
    open.push_back((*ports)->Open(AF_INET, SOCK_STREAM, IPPROTO_TCP));
  }
  EXPECT_LT((*ports)->Open(AF_INET, SOCK_STREAM, IPPROTO_TCP), 0);
  for (const int socket : open) (*ports)->Close(socket);
}

// The exit status of what runs in a network of its own.
int StatusInOwnNetwork(int (*run)()) {
  const pid_t process = ::fork();
  if (process == 0) {
    const rlimit files{4096, 4096};
    ::setrlimit(RLIMIT_NOFILE, &files);
    ::_exit(::unshare(CLONE_NEWNET) != 0 ? 3 : run());
  }
  int status = -1;
  EXPECT_EQ(::waitpid(process, &status, 0), process);
  return status;
}

// Its ports are taken but for a few in a row.
int ReserveWhereFewAreFree() {
  constexpr int kFirst = 20'000;
  constexpr int kLast = 50'000;
  constexpr int kFree = 41'000;
  std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << kFirst << ' ' << kLast;
  for (int port = kFirst; port <= kLast; port += LocalPorts::kCount / 2) {
    if (port > kFree && port < kFree + 2 * LocalPorts::kCount) continue;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);  // to the process' end
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return 2;
  }
  const auto ports = LocalPorts::Reserve();
  return ports && (*ports)->first() > kFree - LocalPorts::kCount ? 0 : 1;
}

TEST(LocalPorts, AreFoundAmongManyConnections) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root makes networks";
  EXPECT_EQ(StatusInOwnNetwork(ReserveWhereFewAreFree), 0);
}

// One more port than for one run: wherever its row begins, another has no room.
int ReserveTwiceWhereOneHasRoom() {
  std::ofstream("/proc/sys/net/ipv4/ip_local_port_range")
      << 40'000 << ' ' << 40'000 + LocalPorts::kCount;
  const auto ports = LocalPorts::Reserve();
  const auto others = LocalPorts::Reserve();
  return ports && !others ? 0 : 1;
}

TEST(LocalPorts, NoOtherRunGetsThem) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root makes networks";
  EXPECT_EQ(StatusInOwnNetwork(ReserveTwiceWhereOneHasRoom), 0);
}

TEST(LocalPorts, NobodyElseGetsOne) {
  auto ports = LocalPorts::Reserve();
  auto others = LocalPorts::Reserve();
  ASSERT_TRUE(ports.has_value() && others.has_value());
  EXPECT_GE(std::abs((*ports)->first() - (*others)->first()), LocalPorts::kCount);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons((*ports)->first());
  const base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_NE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
}

}  // namespace
}  // namespace espcap::http
