// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which packets are the run's own: between its connections' local ports and this machine's
// addresses. Captured, each of them would make more of them.
#ifndef ESPCAP_LIVE_OWN_TRAFFIC_H_
#define ESPCAP_LIVE_OWN_TRAFFIC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "espcap/result.h"
#include "live/port_range.h"

namespace espcap::live {

class LinkTable;

using IpAddress = std::vector<uint8_t>;  // of 4 or 16 bytes, in network order

// Of the machine's addresses those that packets at `interface` ("any": every one) can have.
[[nodiscard]] Result<std::vector<IpAddress>> LocalAddresses(const LinkTable& table,
                                                            const std::string& interface);

// What to say where the machine has an address now that it had not when the filters were made;
// nothing where it has not.
[[nodiscard]] std::optional<std::string> DescribeNewAddress(const std::vector<IpAddress>& before,
                                                            const std::vector<IpAddress>& now);

// In libpcap's language: a packet that one of them matches is the run's own. The first is for
// packets without VLAN tags; others, where the link type (DLT_*) can have tags, for one and two:
// tags that the kernel keeps apart are none in the packet. Empty where there is no such traffic.
[[nodiscard]] std::vector<std::string> OwnTrafficFilters(PortRange ports,
                                                         const std::vector<IpAddress>& addresses,
                                                         int link_type);

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_OWN_TRAFFIC_H_
