// SPDX-License-Identifier: GPL-2.0-or-later
//
// An address to listen at, as users name it: without one, only this machine is meant.
#ifndef ESPCAP_TELEMETRY_LISTEN_ADDRESS_H_
#define ESPCAP_TELEMETRY_LISTEN_ADDRESS_H_

#include <sys/socket.h>

#include <string>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::telemetry {

struct ListenAddress {
  sockaddr_storage address{};
  socklen_t length = 0;

  // Whether only this machine reaches it.
  [[nodiscard]] bool IsLoopback() const;
  // "127.0.0.1:9600", "[::1]:9600".
  [[nodiscard]] std::string Text() const;
};

// "ADDR:PORT", with an IPv6 address in brackets; "PORT" and ":PORT" are 127.0.0.1's. An address is
// a number or "localhost": nothing is looked up. Port 0: a free one.
Result<ListenAddress> ParseListenAddress(const std::string& text);

// A socket that listens there, closed on exec and never blocking. `address` becomes the real one
// where its port was 0.
Result<base::FileDescriptor> Listen(ListenAddress& address);

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_LISTEN_ADDRESS_H_
