// SPDX-License-Identifier: GPL-2.0-or-later
//
// The local ports of the run's own connections.
#ifndef ESPCAP_LIVE_PORT_RANGE_H_
#define ESPCAP_LIVE_PORT_RANGE_H_

#include <cstdint>

namespace espcap::live {

struct PortRange {
  uint16_t first = 0;
  uint16_t count = 0;  // 0: there is no such traffic
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_PORT_RANGE_H_
