// SPDX-License-Identifier: GPL-2.0-or-later
//
// This machine's interfaces and their addresses, as the kernel says by netlink (getifaddrs(3)).
#ifndef ESPCAP_LIVE_INTERFACE_ADDRESSES_H_
#define ESPCAP_LIVE_INTERFACE_ADDRESSES_H_

#include <ifaddrs.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "espcap/result.h"

namespace espcap::live {

struct FreeAddresses {
  void operator()(ifaddrs* addresses) const { ::freeifaddrs(addresses); }
};
using InterfaceAddresses = std::unique_ptr<ifaddrs, FreeAddresses>;  // a list; null: it is empty

// The error is the system's.
inline Result<InterfaceAddresses> ListInterfaceAddresses() {
  ifaddrs* found = nullptr;
  if (::getifaddrs(&found) != 0) return Fail("{}", std::generic_category().message(errno));
  return InterfaceAddresses(found);
}

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_INTERFACE_ADDRESSES_H_
