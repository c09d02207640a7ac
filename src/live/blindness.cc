// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/blindness.h"

#include <linux/if_link.h>
#include <sys/socket.h>

#include <functional>
#include <utility>

#include "live/interface_addresses.h"

namespace espcap::live {
namespace {

// The first entry of this interface that `is_wanted`; null: there is none.
const ifaddrs* Find(const ifaddrs* first, const std::string& interface,
                    const std::function<bool(const ifaddrs&)>& is_wanted) {
  for (const ifaddrs* next = first; next != nullptr; next = next->ifa_next) {
    if (next->ifa_addr != nullptr && interface == next->ifa_name && is_wanted(*next)) return next;
  }
  return nullptr;
}

InterfaceAddresses AllAddresses() {
  auto all = ListInterfaceAddresses();
  return all ? std::move(*all) : nullptr;
}

}  // namespace

std::optional<uint32_t> ReceivedByLink(const std::string& interface) {
  const auto all = AllAddresses();
  const ifaddrs* const link = Find(all.get(), interface, [](const ifaddrs& entry) {
    return entry.ifa_addr->sa_family == AF_PACKET && entry.ifa_data != nullptr;
  });
  if (link == nullptr) return std::nullopt;
  return static_cast<const rtnl_link_stats*>(link->ifa_data)->rx_packets;
}

bool HasAddress(const std::string& interface) {
  const auto all = AllAddresses();
  return Find(all.get(), interface, [](const ifaddrs& entry) {
           const int family = entry.ifa_addr->sa_family;
           return family == AF_INET || family == AF_INET6;
         }) != nullptr;
}

}  // namespace espcap::live
