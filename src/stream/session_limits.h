// SPDX-License-Identifier: GPL-2.0-or-later
//
// When a session on an endless stream has grown enough: libwireshark keeps conversations and
// reassemblies until it ends, so a fresh one takes over. Pure.
#ifndef ESPCAP_STREAM_SESSION_LIMITS_H_
#define ESPCAP_STREAM_SESSION_LIMITS_H_

#include <cstdint>

namespace espcap::stream {

struct SessionLimits {
  uint64_t packets = 0;         // 0: any number
  uint64_t bytes = 0;           // of packets; 0: any number
  uint64_t resident_bytes = 0;  // of the worker; 0: any size
};

struct SessionUse {
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t resident_bytes = 0;
};

// A session takes at least this many packets, so that a limit below a fresh worker's size doesn't
// make one worker a packet.
constexpr uint64_t kMinSessionPackets = 1000;

constexpr bool IsFull(const SessionLimits& limits, const SessionUse& use) {
  if (limits.packets != 0 && use.packets >= limits.packets) return true;
  if (limits.bytes != 0 && use.bytes >= limits.bytes) return true;
  return limits.resident_bytes != 0 && use.packets >= kMinSessionPackets &&
         use.resident_bytes >= limits.resident_bytes;
}

}  // namespace espcap::stream

#endif  // ESPCAP_STREAM_SESSION_LIMITS_H_
