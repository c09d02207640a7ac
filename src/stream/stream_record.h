// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the reader of a stream puts into the ring for each frame, before the frame's image (and the
// path of the file it was recorded in); and the facts in the ring's log. Another process wrote
// them: they have no bool or enumeration of which a byte can be wrong.
#ifndef ESPCAP_STREAM_STREAM_RECORD_H_
#define ESPCAP_STREAM_STREAM_RECORD_H_

#include <cstdint>
#include <span>

#include "process/packet_ring.h"
#include "source/wireshark_api.h"

namespace espcap::stream {

struct StreamRecord {
  uint32_t frame_number = 0;
  int64_t offset = 0;
  uint64_t log_bytes = 0;  // of facts that were said before it
  int file_type = 0;
  uint32_t first_interface = 0;  // of the frame's section, in the order they are added
  uint8_t has_image = 1;         // 0: too large for the ring, or a duplicate
  uint8_t is_duplicate = 0;
  // Live, of the file that the packet was recorded in: its path, which follows, and the place
  // there.
  uint32_t path_bytes = 0;  // 0: it was not
  uint64_t recorded_number = 0;
  int64_t recorded_offset = 0;
  nstime_t first_time{};     // of the stream's first frame
  nstime_t previous_time{};  // of the frame before; unset for the first
};

struct Fact {
  enum class Kind : uint32_t { kInterface, kIpv4Name, kIpv6Name, kSecrets };

  Kind kind = Kind::kInterface;
  uint32_t number = 0;  // secrets: their type; an IPv4 name: the address
  ws_in6_addr address{};
  // An interface: two zero-terminated texts follow, its name and description.
  uint8_t has_name = 0;
  uint8_t has_description = 0;
};
// A name's text follows zero-terminated, secrets as they are.

// These are false where the ring's log has no room left. Interfaces have their ids in the order
// they are added; what isn't known of one is null.
[[nodiscard]] bool AppendMetadata(process::PacketRing& ring, const Fact& fact,
                                  std::span<const char> text);
[[nodiscard]] bool AddInterface(process::PacketRing& ring, const char* name,
                                const char* description);

}  // namespace espcap::stream

#endif  // ESPCAP_STREAM_STREAM_RECORD_H_
