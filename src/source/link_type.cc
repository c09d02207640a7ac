// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/link_type.h"

#include <pcap/pcap.h>
#include <sys/stat.h>
#include <wiretap/pcap-encap.h>

#include <array>

#include "source/pcap_handle.h"
#include "source/wireshark_api.h"

namespace espcap::source {
namespace {

constexpr int kHighestLinkType = 511;  // above every LINKTYPE_ value that is assigned

// Of a LINKTYPE_ value in a file, which can differ from libpcap's own DLT_ value.
const char* NameOf(int link_type) {
  const PcapHandle handle = OpenAsFile(link_type, ByteOrder::kOurs);
  return handle == nullptr ? nullptr : pcap_datalink_val_to_name(pcap_datalink(handle.get()));
}

}  // namespace

// Several values can mean the same, and some only to wiretap: then libpcap has no name for them.
std::optional<int> LinkTypeOf(int encapsulation) {
  std::optional<int> unnamed;
  for (int link_type = 0; link_type <= kHighestLinkType; ++link_type) {
    if (wtap_pcap_encap_to_wtap_encap(link_type) != encapsulation) continue;
    if (link_type == DLT_PPP_BSDOS) continue;  // Linux's ATM CLIP to wiretap
    if (NameOf(link_type) != nullptr) return link_type;
    if (!unnamed) unnamed = link_type;
  }
  return unnamed;
}

// Those from 11 to 18 mean different things to different systems.
std::optional<int> WrittenLinkTypeOf(int encapsulation) {
  constexpr int kLowestOfSystems = 11;
  constexpr int kHighestOfSystems = 18;
  const auto known = LinkTypeOf(encapsulation);
  if (!known || *known < kLowestOfSystems || *known > kHighestOfSystems) return known;
  for (int link_type = kHighestOfSystems + 1; link_type <= kHighestLinkType; ++link_type) {
    if (wtap_pcap_encap_to_wtap_encap(link_type) == encapsulation) return link_type;
  }
  return known;
}

std::string LinkTypeName(int link_type) {
  const char* name = NameOf(link_type);
  return name == nullptr ? std::to_string(link_type) : name;
}

std::string EncapsulationName(int encapsulation) {
  const auto link_type = LinkTypeOf(encapsulation);
  return link_type ? LinkTypeName(*link_type) : wtap_encap_description(encapsulation);
}

bool LosesPseudoHeader(int encapsulation) {
  return wtap_encap_requires_phdr(encapsulation) != FALSE;
}

// wiretap/pcap-common.c, pcap_process_pseudo_header().
std::optional<uint32_t> PseudoHeaderBytes(int encapsulation) {
  switch (encapsulation) {
    case WTAP_ENCAP_PPP_WITH_PHDR:
      return 1;
    case WTAP_ENCAP_NFC_LLCP:
      return 2;
    case WTAP_ENCAP_ATM_PDUS:
    case WTAP_ENCAP_BLUETOOTH_H4_WITH_PHDR:
    case WTAP_ENCAP_BLUETOOTH_LINUX_MONITOR:
    case WTAP_ENCAP_MTP2_WITH_PHDR:
      return 4;
    case WTAP_ENCAP_I2C_LINUX:
    case WTAP_ENCAP_SITA:
      return 5;
    case WTAP_ENCAP_IRDA:
    case WTAP_ENCAP_LINUX_LAPD:
      return 16;
    default:
      return LosesPseudoHeader(encapsulation) ? std::nullopt : std::optional<uint32_t>(0);
  }
}

bool HasWritersByteOrder(int encapsulation) {
  return encapsulation == WTAP_ENCAP_NULL || encapsulation == WTAP_ENCAP_ENC;
}

std::optional<ByteOrder> WritersByteOrder(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  const PcapHandle handle(pcap_open_offline(path.c_str(), message.data()));
  if (handle == nullptr) return std::nullopt;
  return pcap_is_swapped(handle.get()) != 0 ? ByteOrder::kSwapped : ByteOrder::kOurs;
}

}  // namespace espcap::source
