// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace espcap::telemetry {
namespace {

constexpr int kBacklog = 64;

std::optional<uint16_t> PortOf(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

const char* AdviceOn(int error) {
  switch (error) {
    case EADDRINUSE:
      return "; choose another port, or 0 for a free one";
    case EADDRNOTAVAIL:
      return "; this machine doesn't have this address";
    case EACCES:
      return "; ports below 1024 need root";
    default:
      return "";
  }
}

}  // namespace

bool ListenAddress::IsLoopback() const {
  if (address.ss_family == AF_INET) {
    constexpr uint32_t kLoopbackNet = 127;  // of eight bits
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    return ntohl(ipv4.sin_addr.s_addr) >> 24U == kLoopbackNet;
  }
  return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
}

std::string ListenAddress::Text() const {
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  const int failed =
      ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, host, sizeof(host), port,
                    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
  if (failed != 0) return "?";
  const bool is_ipv6 = address.ss_family == AF_INET6;
  return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port);
}

Result<ListenAddress> ParseListenAddress(const std::string& text) {
  const auto refuse = [&text](const char* reason) {
    return Fail("--metrics '{}': {}; give PORT, ADDRESS:PORT or [IPV6-ADDRESS]:PORT", text, reason);
  };
  const std::string_view whole = text;
  const size_t colon = whole.rfind(':');
  std::string host(whole.substr(0, colon == std::string::npos ? 0 : colon));
  const auto port = PortOf(whole.substr(colon == std::string::npos ? 0 : colon + 1));
  if (!port) return refuse("no port number at its end");
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (in_brackets) host = host.substr(1, host.size() - 2);
  if (in_brackets != (host.find(':') != std::string::npos)) {
    return refuse("brackets are for IPv6 addresses, which need them");
  }
  if (host.empty() || host == "localhost") host = "127.0.0.1";

  addrinfo hints{};
  hints.ai_family = in_brackets ? AF_INET6 : AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(*port).c_str(), &hints, &found) != 0) {
    return refuse("this is no IP address (names aren't looked up)");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
  ListenAddress result;
  result.length = found->ai_addrlen;
  std::memcpy(&result.address, found->ai_addr, found->ai_addrlen);
  return result;
}

Result<base::FileDescriptor> Listen(ListenAddress& address) {
  const auto fail = [&address](int error) {
    return Fail("listen at {}: {}{}", address.Text(), std::generic_category().message(error),
                AdviceOn(error));
  };
  base::FileDescriptor listener(
      ::socket(address.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.valid()) return fail(errno);
  // A run that follows another at once finds connections of the latter still in TIME_WAIT.
  const int yes = 1;
  static_cast<void>(::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
  auto* const generic = reinterpret_cast<sockaddr*>(&address.address);
  if (::bind(listener.get(), generic, address.length) != 0 ||
      ::listen(listener.get(), kBacklog) != 0 ||
      ::getsockname(listener.get(), generic, &address.length) != 0) {
    return fail(errno);
  }
  return listener;
}

}  // namespace espcap::telemetry
