// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/interfaces.h"

#include <fmt/ranges.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <utility>

#include "base/printable.h"

namespace espcap::source {
namespace {

struct FreeDevices {
  void operator()(pcap_if_t* devices) const { pcap_freealldevs(devices); }
};

std::string NumericAddress(const sockaddr& address) {
  const bool is_ipv4 = address.sa_family == AF_INET;
  if (!is_ipv4 && address.sa_family != AF_INET6) return {};
  std::array<char, NI_MAXHOST> text{};
  const socklen_t length = is_ipv4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (getnameinfo(&address, length, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
    return {};
  }
  return text.data();
}

std::vector<std::string> FlagNames(bpf_u_int32 flags) {
  std::vector<std::string> names;
  const auto add = [&](bpf_u_int32 flag, const char* name) {
    if ((flags & flag) != 0) names.emplace_back(name);
  };
  add(PCAP_IF_UP, "up");
  add(PCAP_IF_RUNNING, "running");
  add(PCAP_IF_LOOPBACK, "loopback");
  add(PCAP_IF_WIRELESS, "wireless");
  const bpf_u_int32 status = flags & PCAP_IF_CONNECTION_STATUS;
  if (status == PCAP_IF_CONNECTION_STATUS_CONNECTED) names.emplace_back("connected");
  if (status == PCAP_IF_CONNECTION_STATUS_DISCONNECTED) names.emplace_back("disconnected");
  return names;
}

}  // namespace

Result<std::vector<Interface>> ListInterfaces() {
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  pcap_if_t* first = nullptr;
  if (pcap_findalldevs(&first, message.data()) != 0) {
    return Fail("list interfaces: {}", message.data());
  }
  const std::unique_ptr<pcap_if_t, FreeDevices> owned(first);
  std::vector<Interface> interfaces;
  for (const pcap_if_t* device = first; device != nullptr; device = device->next) {
    Interface found{
        device->name, device->description == nullptr ? "" : device->description, {}, {}};
    for (const pcap_addr_t* entry = device->addresses; entry != nullptr; entry = entry->next) {
      if (entry->addr == nullptr) continue;
      if (std::string text = NumericAddress(*entry->addr); !text.empty()) {
        found.addresses.push_back(std::move(text));
      }
    }
    found.flags = FlagNames(device->flags);
    interfaces.push_back(std::move(found));
  }
  return interfaces;
}

std::string FormatInterfaces(const std::vector<Interface>& interfaces) {
  std::string text;
  size_t number = 0;
  for (const Interface& interface : interfaces) {
    text += fmt::format("{}. {}", ++number, base::Printable(interface.name));
    if (!interface.description.empty()) {
      text += fmt::format(" ({})", base::Printable(interface.description));
    }
    if (!interface.flags.empty()) text += fmt::format(" [{}]", fmt::join(interface.flags, ", "));
    if (!interface.addresses.empty()) {
      text += fmt::format(" {}", fmt::join(interface.addresses, ", "));
    }
    text += '\n';
  }
  return text;
}

}  // namespace espcap::source
