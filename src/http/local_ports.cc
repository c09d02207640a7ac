// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/local_ports.h"

#include <linux/in6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>
#include <system_error>

namespace espcap::http {
namespace {

// Of the kernel, for connections.
std::pair<uint16_t, uint16_t> PortRange() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  uint16_t low = 32768;
  uint16_t high = 60999;
  if (uint16_t first = 0, last = 0; file >> first >> last) {
    low = first;
    high = last;
  }
  return {low, high};
}

// Several sockets may have a port as long as each of them says so, and none listens.
bool MayShareItsPort(int socket) {
  const int on = 1;
  return ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0;
}

bool BindTo(int socket, int family, uint16_t port) {
  sockaddr_storage address{};
  address.ss_family = static_cast<sa_family_t>(family);
  socklen_t size = sizeof(sockaddr_in);
  if (family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(port);
    size = sizeof(sockaddr_in6);
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
  }
  return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0;
}

// Both families at once where there is IPv6. It is shared once it is held, so that no other run can
// hold it, too.
base::FileDescriptor Hold(uint16_t port) {
  for (const int family : {AF_INET6, AF_INET}) {
    base::FileDescriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.valid()) continue;
    const int off = 0;
    if (family == AF_INET6) {
      ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    }
    if (BindTo(socket.get(), family, port)) {
      return MayShareItsPort(socket.get()) ? std::move(socket) : base::FileDescriptor{};
    }
    if (errno == EADDRINUSE) break;
  }
  return {};
}

// From `first` on, as many as are free in a row; all at most.
std::vector<base::FileDescriptor> HoldFrom(int first) {
  std::vector<base::FileDescriptor> held;
  while (held.size() < LocalPorts::kCount) {
    auto socket = Hold(static_cast<uint16_t>(first + static_cast<int>(held.size())));
    if (!socket.valid()) break;
    held.push_back(std::move(socket));
  }
  return held;
}

}  // namespace

LocalPorts::LocalPorts(uint16_t first, std::vector<base::FileDescriptor> held)
    : first_(first), held_(std::move(held)) {
  for (uint16_t at = 0; at < kCount; ++at) free_.push_back(static_cast<uint16_t>(first + at));
}

Result<std::shared_ptr<LocalPorts>> LocalPorts::Reserve() {
  const auto [low, high] = PortRange();
  if (high - low < kCount) return Fail("reserve {} local ports: there are {}", kCount, high - low);
  std::mt19937 engine(std::random_device{}());
  const int places = high - kCount - low + 1;
  const int beginning = std::uniform_int_distribution<int>(0, places - 1)(engine);
  // Every place: on a machine with many connections there are few. Where a port is taken, those up
  // to it are none.
  for (int passed = 0; passed < places;) {
    const int place = (beginning + passed) % places;
    const int first = low + place;
    auto held = HoldFrom(first);
    if (held.size() == kCount) {
      return std::shared_ptr<LocalPorts>(
          new LocalPorts(static_cast<uint16_t>(first), std::move(held)));
    }
    passed += std::min(static_cast<int>(held.size()) + 1, places - place);
  }
  return Fail("reserve {} local ports in a row: {}", kCount,
              std::generic_category().message(errno));
}

int LocalPorts::Open(int family, int type, int protocol) {
  base::FileDescriptor socket(::socket(family, type | SOCK_CLOEXEC, protocol));
  if (!socket.valid()) return -1;
  if (family == AF_INET6) {
    // A temporary address would be another one tomorrow.
    const int preference = IPV6_PREFER_SRC_PUBLIC;
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &preference,
                 sizeof(preference));
  }
  const std::scoped_lock lock(mutex_);
  if (free_.empty() || !MayShareItsPort(socket.get()) ||
      !BindTo(socket.get(), family, free_.front())) {
    return -1;
  }
  port_of_[socket.get()] = free_.front();
  free_.pop_front();
  return socket.Release();
}

void LocalPorts::Close(int socket) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = port_of_.find(socket); found != port_of_.end()) {
    free_.push_back(found->second);
    port_of_.erase(found);
  }
  ::close(socket);
}

}  // namespace espcap::http
