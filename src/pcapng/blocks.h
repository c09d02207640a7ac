// SPDX-License-Identifier: GPL-2.0-or-later
//
// Blocks of pcapng (draft-ietf-opsawg-pcapng), in this machine's byte order. Pure; without
// libwireshark, so that every process may write them.
#ifndef ESPCAP_PCAPNG_BLOCKS_H_
#define ESPCAP_PCAPNG_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "espcap/byte_buffer.h"

namespace espcap::pcapng {

constexpr uint8_t kNanoseconds = 9;

// Of a block that has options. A value that is longer than an option can be is left out.
void AppendOption(ByteBuffer& out, uint16_t code, std::string_view value);

void AppendSectionHeader(ByteBuffer& out, std::string_view application);

struct Interface {
  uint16_t link_type = 0;
  uint32_t snaplen = 0;               // 0: none
  uint8_t resolution = kNanoseconds;  // of times: the power of ten
  std::string_view options;           // as AppendOption() has made them, without a resolution
};
void AppendInterface(ByteBuffer& out, const Interface& interface);

// Keys that decrypt. `type`: as in the block that they come from.
void AppendSecrets(ByteBuffer& out, uint32_t type, std::string_view secrets);

struct Packet {
  uint32_t interface = 0;
  uint64_t time = 0;                       // since the epoch, in the interface's units
  uint32_t original_bytes = 0;             // on the link, without the pseudo-header
  std::span<const uint8_t> pseudo_header;  // that the link type begins packets with
  std::span<const uint8_t> bytes;
  std::string_view options;  // as AppendOption() has made them
};
// The bytes that AppendPacket() appends.
[[nodiscard]] size_t PacketBytes(const Packet& packet);
// REQUIRES: a packet of less than 2^31 bytes.
void AppendPacket(ByteBuffer& out, const Packet& packet);

// Of an interface, since its capture began.
struct Statistics {
  uint32_t interface = 0;
  uint64_t time_ns = 0;  // since the epoch
  uint64_t received = 0;
  uint64_t interface_dropped = 0;
  uint64_t system_dropped = 0;  // by the kernel, and by what reads from it
};
// `resolution`: the interface's.
void AppendStatistics(ByteBuffer& out, const Statistics& statistics, uint8_t resolution);

// A time in units of 10^-resolution seconds; none where it isn't a whole number of them, or can't
// be one.
[[nodiscard]] std::optional<uint64_t> UnitsOf(int64_t seconds, int32_t nanoseconds,
                                              uint8_t resolution);

}  // namespace espcap::pcapng

#endif  // ESPCAP_PCAPNG_BLOCKS_H_
