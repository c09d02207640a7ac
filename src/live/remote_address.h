// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where packets come from over the network: "tcp://host:port", in place of an interface's name.
// Pure.
#ifndef ESPCAP_LIVE_REMOTE_ADDRESS_H_
#define ESPCAP_LIVE_REMOTE_ADDRESS_H_

#include <string>
#include <string_view>

#include "espcap/result.h"

namespace espcap::live {

struct RemoteAddress {
  std::string host;
  std::string port;
};

// The name is no interface's.
[[nodiscard]] bool IsRemote(std::string_view name);

// "tcp://sensor:4000", "tcp://[::1]:4000".
[[nodiscard]] Result<RemoteAddress> ParseRemote(std::string_view name);

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_REMOTE_ADDRESS_H_
