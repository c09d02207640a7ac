// SPDX-License-Identifier: GPL-2.0-or-later
//
// The machine's capture interfaces, as libpcap finds them.
#ifndef ESPCAP_SOURCE_INTERFACES_H_
#define ESPCAP_SOURCE_INTERFACES_H_

#include <string>
#include <vector>

#include "espcap/result.h"

namespace espcap::source {

struct Interface {
  std::string name;
  std::string description;             // may be empty
  std::vector<std::string> addresses;  // numeric IPv4 and IPv6
  std::vector<std::string> flags;      // up, running, loopback, wireless, connected, disconnected
};

// Without privilege the list can be shorter than the machine's (pcap_findalldevs(3PCAP)).
Result<std::vector<Interface>> ListInterfaces();

// One line an interface: "1. eth0 (description) [up, running] 192.0.2.1, 2001:db8::1".
std::string FormatInterfaces(const std::vector<Interface>& interfaces);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_INTERFACES_H_
