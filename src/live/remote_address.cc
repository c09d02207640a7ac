// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/remote_address.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace espcap::live {
namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr size_t kMaxHostLength = 253;  // of a name in DNS (RFC 1035), without its last dot

bool IsPort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

}  // namespace

bool IsRemote(std::string_view name) { return name.find("://") != std::string_view::npos; }

Result<RemoteAddress> ParseRemote(std::string_view name) {
  if (name.starts_with("rpcap:")) {
    return Fail(
        "--nic {}: this system's libpcap has no rpcap; let the other machine serve what it "
        "captures over TCP, and give tcp://host:port",
        name);
  }
  const auto wrong = [name] {
    return Fail("--nic {}: a remote source is tcp://host:port, as in tcp://sensor:4000", name);
  };
  if (!name.starts_with(kTcp)) return wrong();
  const std::string_view place = name.substr(kTcp.size());
  const size_t colon = place.rfind(':');
  if (colon == std::string_view::npos || !IsPort(place.substr(colon + 1))) return wrong();
  std::string_view host = place.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":/[]") != std::string_view::npos) {
    return wrong();
  }
  if (host.empty() || host.size() > kMaxHostLength) return wrong();
  return RemoteAddress{std::string(host), std::string(place.substr(colon + 1))};
}

}  // namespace espcap::live
