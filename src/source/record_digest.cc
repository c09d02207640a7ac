// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/record_digest.h"

#include <gcrypt.h>

#include <array>
#include <bit>
#include <cstring>

namespace espcap::source {
namespace {

constexpr uint32_t kNoPacket = uint32_t{1} << 31U;

struct Head {
  uint64_t seconds;
  uint32_t nanoseconds;
  uint32_t captured_bytes;
  uint32_t original_bytes;
  uint32_t link_type;
};
static_assert(sizeof(Head) == 24);

Head HeadOf(const wireshark::Record& record) {
  const wtap_rec& rec = record.rec();
  const bool is_packet = rec.rec_type == REC_TYPE_PACKET;
  const auto captured = static_cast<uint32_t>(record.data().size());
  Head head{static_cast<uint64_t>(rec.ts.secs), static_cast<uint32_t>(rec.ts.nsecs), captured,
            is_packet ? rec.rec_header.packet_header.len : captured,
            is_packet ? static_cast<uint32_t>(rec.rec_header.packet_header.pkt_encap)
                      : kNoPacket | rec.rec_type};
  if constexpr (std::endian::native == std::endian::big) {
    head.seconds = __builtin_bswap64(head.seconds);
    for (uint32_t* number :
         {&head.nanoseconds, &head.captured_bytes, &head.original_bytes, &head.link_type}) {
      *number = __builtin_bswap32(*number);
    }
  }
  return head;
}

}  // namespace

uint64_t DigestOf(const wireshark::Record& record) {
  Head head = HeadOf(record);
  const auto data = record.data();
  const std::array<gcry_buffer_t, 2> parts = {
      gcry_buffer_t{sizeof(head), 0, sizeof(head), &head},
      gcry_buffer_t{data.size(), 0, data.size(), const_cast<uint8_t*>(data.data())}};
  std::array<uint8_t, 32> hash{};
  gcry_md_hash_buffers(GCRY_MD_SHA256, 0, hash.data(), parts.data(), parts.size());
  uint64_t digest = 0;
  for (size_t i = 0; i < sizeof(digest); ++i) digest = digest << 8U | hash.at(i);
  return digest;
}

}  // namespace espcap::source
