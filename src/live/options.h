// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is captured live, and how far.
#ifndef ESPCAP_LIVE_OPTIONS_H_
#define ESPCAP_LIVE_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "live/raw_names.h"
#include "source/duplicates.h"
#include "source/flow_hash.h"

namespace espcap::live {

struct DeviceOptions {
  uint32_t snaplen = 262144;                // bytes of a packet, libpcap's greatest
  size_t buffer_bytes = size_t{64} << 20U;  // in the kernel, for each interface
  bool promiscuous = true;
  bool monitor = false;    // of a wireless interface: all frames in the air
  bool immediate = false;  // each packet at once, not by blocks
};

// Several processes that capture from one interface, of this program and of others: the kernel
// gives each packet to one of them, by its flow.
struct FanoutOptions {
  uint16_t group = 0;      // of the first interface, the next one's is one more; 0: no fanout
  uint32_t processes = 1;  // of this program, for each interface
};

// Of the whole run; 0: none.
struct RunLimits {
  uint64_t packets = 0;
  uint64_t bytes = 0;  // the packet that reaches them is the last one
};

struct Options {
  std::vector<std::string> interfaces;  // each place is an interface id; none: nothing is live
  DeviceOptions device;
  RunLimits limits;
  source::FlowKey key = source::FlowKey::kPair;  // what stays together in one worker
  RawOptions raw;
  FanoutOptions fanout;
  std::optional<source::DuplicateOptions> duplicates;  // none: they are taken, too
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_OPTIONS_H_
