// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/pcap_handle.h"

#include <array>
#include <cstdio>

namespace espcap::source {
namespace {

// What a pcap file begins with.
struct FileHeader {
  uint32_t magic = 0xA1B2C3D4;
  uint16_t major = 2;
  uint16_t minor = 4;
  uint32_t time_zone = 0;
  uint32_t accuracy = 0;
  uint32_t snap_length = 262144;  // libpcap's MAXIMUM_SNAPLEN
  uint32_t link_type = 0;
};
static_assert(sizeof(FileHeader) == 24);

FileHeader Swapped(const FileHeader& header) {
  return {__builtin_bswap32(header.magic),
          __builtin_bswap16(header.major),
          __builtin_bswap16(header.minor),
          0,
          0,
          __builtin_bswap32(header.snap_length),
          __builtin_bswap32(header.link_type)};
}

}  // namespace

PcapHandle OpenAsFile(int link_type, ByteOrder order) {
  FileHeader header;
  header.link_type = static_cast<uint32_t>(link_type);
  if (order == ByteOrder::kSwapped) header = Swapped(header);
  // It is read to its end now: nothing refers to the header later.
  FILE* file = ::fmemopen(&header, sizeof(header), "r");
  if (file == nullptr) return nullptr;
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  PcapHandle handle(pcap_fopen_offline(file, message.data()));
  if (handle == nullptr) static_cast<void>(::fclose(file));  // pcap_close() would have done it
  return handle;
}

}  // namespace espcap::source
