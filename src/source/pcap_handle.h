// SPDX-License-Identifier: GPL-2.0-or-later
//
// libpcap's handle as of a capture file that has no packets: filters are compiled on it.
#ifndef ESPCAP_SOURCE_PCAP_HANDLE_H_
#define ESPCAP_SOURCE_PCAP_HANDLE_H_

#include <pcap/pcap.h>

#include <cstdint>
#include <memory>

namespace espcap::source {

struct PcapClose {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapClose>;

enum class ByteOrder : uint8_t { kOurs, kSwapped };

// As of a pcap file with this LINKTYPE_ value, written by a machine of this byte order. Only for
// files does libpcap look for numbers as other systems write them. Null: out of memory.
[[nodiscard]] PcapHandle OpenAsFile(int link_type, ByteOrder order);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_PCAP_HANDLE_H_
