// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/link_watch.h"

#include <ifaddrs.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <system_error>

namespace espcap::live {
namespace {

struct FreeAddresses {
  void operator()(ifaddrs* addresses) const { ::freeifaddrs(addresses); }
};

bool IsIp(const ifaddrs& entry) {
  const int family = entry.ifa_addr->sa_family;
  return family == AF_INET || family == AF_INET6;
}

std::array<char, IF_NAMESIZE> NameOf(const ifaddrs& entry) {
  std::array<char, IF_NAMESIZE> name{};
  std::strncpy(name.data(), entry.ifa_name, name.size() - 1);
  return name;
}

// The first interface that `is_wanted`; one without an index where there is none.
LinkEntry Find(const ifaddrs* all, const std::function<bool(const ifaddrs&, uint32_t)>& is_wanted) {
  LinkEntry found;
  for (const ifaddrs* next = all; next != nullptr && found.index == 0; next = next->ifa_next) {
    if (next->ifa_addr == nullptr || next->ifa_addr->sa_family != AF_PACKET) continue;
    const auto index =
        static_cast<uint32_t>(reinterpret_cast<const sockaddr_ll&>(*next->ifa_addr).sll_ifindex);
    if (!is_wanted(*next, index)) continue;
    found.index = index;
    found.is_up = (next->ifa_flags & IFF_UP) != 0;
    found.name = NameOf(*next);
    if (next->ifa_data == nullptr) continue;
    found.has_received = true;
    found.received = static_cast<const rtnl_link_stats*>(next->ifa_data)->rx_packets;
  }
  for (const ifaddrs* next = all; next != nullptr && found.index != 0; next = next->ifa_next) {
    if (next->ifa_addr == nullptr || !IsIp(*next)) continue;
    found.has_address = found.has_address || std::strcmp(next->ifa_name, found.name.data()) == 0;
  }
  return found;
}

void Add(KnownAddresses& known, const ifaddrs& entry, const void* address, uint8_t bytes) {
  if (known.count == KnownAddresses::kMax) {
    known.is_whole = false;
    return;
  }
  KnownAddress& next = known.addresses.at(known.count++);
  next.bytes = bytes;
  next.interface = NameOf(entry);
  std::memcpy(next.address.data(), address, bytes);
}

std::unique_ptr<KnownAddresses> AddressesAmong(const ifaddrs* all) {
  auto known = std::make_unique<KnownAddresses>();
  for (const ifaddrs* next = all; next != nullptr; next = next->ifa_next) {
    if (next->ifa_addr == nullptr) continue;
    if (next->ifa_addr->sa_family == AF_INET) {
      const auto& address = reinterpret_cast<const sockaddr_in&>(*next->ifa_addr).sin_addr;
      Add(*known, *next, &address, sizeof(address));
    } else if (next->ifa_addr->sa_family == AF_INET6) {
      const auto& address = reinterpret_cast<const sockaddr_in6&>(*next->ifa_addr).sin6_addr;
      Add(*known, *next, &address, sizeof(address));
    }
  }
  return known;
}

}  // namespace

Result<std::unique_ptr<LinkWatch>> LinkWatch::Open(LinkTable& table,
                                                   const SharedCaptureState& state,
                                                   std::vector<std::string> interfaces) {
  base::FileDescriptor socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (!socket.valid() ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof(groups)) != 0) {
    return Fail("follow the state of interfaces: {}", std::generic_category().message(errno));
  }
  std::unique_ptr<LinkWatch> watch(
      new LinkWatch(std::move(socket), table, state, std::move(interfaces)));
  watch->Look();
  return watch;
}

// That something has changed is all an event is good for: all is listed anew.
void LinkWatch::Look() {
  constexpr int kMaxEvents = 1000;  // at once
  std::array<char, 8192> events{};
  for (int count = 0; count < kMaxEvents; ++count) {
    if (::recv(socket_.get(), events.data(), events.size(), 0) < 0 && errno != ENOBUFS) break;
  }
  ifaddrs* found = nullptr;
  if (::getifaddrs(&found) != 0) {
    auto unknown = std::make_unique<KnownAddresses>();
    unknown->error = errno;
    return table_.SetAddresses(*unknown);
  }
  const std::unique_ptr<ifaddrs, FreeAddresses> all(found);
  for (uint32_t id = 0; id < links_.size(); ++id) {
    KnownLink& link = links_[id];
    ++link.looks;
    link.of_name = Find(found, [&](const ifaddrs& entry, uint32_t /*index*/) {
      return interfaces_[id] == entry.ifa_name;
    });
    if (const unsigned opened = state_.LastIndex(id); opened != 0) {
      link.followed = opened;
    } else if (link.of_name.index != 0) {
      link.followed = link.of_name.index;
    }
    link.of_index = Find(
        found, [&](const ifaddrs& /*entry*/, uint32_t index) { return index == link.followed; });
    table_.Set(id, link);
  }
  table_.SetAddresses(*AddressesAmong(found));
}

}  // namespace espcap::live
