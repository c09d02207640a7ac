// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/own_traffic.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <pcap/dlt.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <system_error>

#include "live/link_table.h"

namespace espcap::live {
namespace {

constexpr size_t kIpv4Bytes = 4;

IpAddress BytesOf(const void* address, size_t size) {
  const auto* const bytes = static_cast<const uint8_t*>(address);
  return {bytes, bytes + size};
}

bool IsLinkLocal(const KnownAddress& known) {
  in6_addr address{};
  std::memcpy(&address, known.address.data(), sizeof(address));
  return IN6_IS_ADDR_LINKLOCAL(&address);
}

std::string TextOf(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.size() == kIpv4Bytes ? AF_INET : AF_INET6, address.data(), text.data(),
              text.size());
  return text.data();
}

// Where a header says what follows it, and where that begins.
struct Layout {
  size_t type_at;
  size_t next_at;
};

std::optional<Layout> LayoutOf(int link_type) {
  switch (link_type) {
    case DLT_EN10MB:
      return Layout{12, 14};
    case DLT_LINUX_SLL:
      return Layout{14, 16};
    case DLT_LINUX_SLL2:
      return Layout{0, 20};
    default:
      return std::nullopt;
  }
}

// Each is one of the machine's addresses.
std::string AnyOf(const std::vector<IpAddress>& addresses, size_t address_bytes, size_t offset) {
  constexpr size_t kWord = 4;
  std::vector<std::string> texts;
  for (const IpAddress& address : addresses) {
    if (address.size() != address_bytes) continue;
    std::vector<std::string> words;
    for (size_t at = 0; at < address_bytes; at += kWord) {
      words.push_back(fmt::format("link[{}:4] = 0x{:02x}{:02x}{:02x}{:02x}", offset + at,
                                  address[at], address[at + 1], address[at + 2], address[at + 3]));
    }
    texts.push_back(fmt::format("({})", fmt::join(words, " and ")));
  }
  return fmt::format("({})", fmt::join(texts, " or "));
}

struct IpHeader {
  uint16_t ether_type;
  size_t address_bytes;
  size_t protocol_at;
  size_t source_at;
  size_t bytes;  // own packets have no options
};
constexpr std::array<IpHeader, 2> kIpHeaders = {{{0x0800, 4, 9, 12, 20}, {0x86DD, 16, 6, 8, 40}}};

// An own packet of one IP version behind a header that says so.
std::string OwnBehind(PortRange ports, const std::vector<IpAddress>& addresses, Layout place,
                      const IpHeader& ip) {
  const auto end = [&](size_t port_at, size_t address_at) {
    return fmt::format("(link[{0}:2] >= {1} and link[{0}:2] <= {2} and {3})",
                       place.next_at + ip.bytes + port_at, ports.first,
                       ports.first + ports.count - 1,
                       AnyOf(addresses, ip.address_bytes, place.next_at + address_at));
  };
  return fmt::format("(link[{}:2] = 0x{:04x} and link[{}] = {} and ({} or {}))", place.type_at,
                     ip.ether_type, place.next_at + ip.protocol_at, static_cast<int>(IPPROTO_TCP),
                     end(0, ip.source_at), end(2, ip.source_at + ip.address_bytes));
}

std::string OwnBehindTags(PortRange ports, const std::vector<IpAddress>& addresses, Layout place,
                          int tags) {
  constexpr size_t kTagBytes = 4;
  std::string text;
  for (int tag = 0; tag < tags; ++tag) {
    text +=
        fmt::format("(link[{0}:2] = 0x8100 or link[{0}:2] = 0x88a8 or link[{0}:2] = 0x9100) and ",
                    place.type_at);
    // Of a tag's four bytes the last two say what follows.
    place = {place.next_at + 2, place.next_at + kTagBytes};
  }
  std::vector<std::string> versions;
  for (const IpHeader& ip : kIpHeaders) {
    const bool is_there = std::any_of(addresses.begin(), addresses.end(), [&](const auto& address) {
      return address.size() == ip.address_bytes;
    });
    if (is_there) versions.push_back(OwnBehind(ports, addresses, place, ip));
  }
  return fmt::format("{}({})", text, fmt::join(versions, " or "));
}

}  // namespace

Result<std::vector<IpAddress>> LocalAddresses(const LinkTable& table,
                                              const std::string& interface) {
  constexpr const char* kPurpose = "list this machine's addresses, to leave out own connections";
  const auto known = table.Addresses();
  if (!known) return Fail("{}: the process that knows them has ended", kPurpose);
  if (known->error != 0) {
    return Fail("{}: {}", kPurpose, std::generic_category().message(known->error));
  }
  if (!known->is_whole) {
    return Fail("{}: there are more than {}; --capture-own-traffic does without", kPurpose,
                KnownAddresses::kMax);
  }
  std::vector<IpAddress> addresses;
  for (uint32_t at = 0; at < known->count; ++at) {
    const KnownAddress& next = known->addresses.at(at);
    const bool stays_elsewhere = next.bytes != kIpv4Bytes && IsLinkLocal(next) &&
                                 interface != "any" && interface != next.interface.data();
    if (!stays_elsewhere) addresses.push_back(BytesOf(next.address.data(), next.bytes));
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

std::optional<std::string> DescribeNewAddress(const std::vector<IpAddress>& before,
                                              const std::vector<IpAddress>& now) {
  for (const IpAddress& address : now) {
    if (std::find(before.begin(), before.end(), address) != before.end()) continue;
    return fmt::format(
        "this machine has a new address, {}: own connections from it are captured until espcap is "
        "started again",
        TextOf(address));
  }
  return std::nullopt;
}

std::vector<std::string> OwnTrafficFilters(PortRange ports, const std::vector<IpAddress>& addresses,
                                           int link_type) {
  constexpr int kMaxTags = 2;
  if (ports.count == 0 || addresses.empty()) return {};
  const auto end = [&](std::string_view side) {
    std::vector<std::string> hosts;
    hosts.reserve(addresses.size());
    for (const IpAddress& address : addresses) {
      hosts.push_back(fmt::format("{} host {}", side, TextOf(address)));
    }
    return fmt::format("({} portrange {}-{} and ({}))", side, ports.first,
                       ports.first + ports.count - 1, fmt::join(hosts, " or "));
  };
  std::vector<std::string> filters = {fmt::format("tcp and ({} or {})", end("src"), end("dst"))};
  if (const auto layout = LayoutOf(link_type)) {
    for (int tags = 1; tags <= kMaxTags; ++tags) {
      filters.push_back(OwnBehindTags(ports, addresses, *layout, tags));
    }
  }
  return filters;
}

}  // namespace espcap::live
