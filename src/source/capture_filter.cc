// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/capture_filter.h"

#include <pcap/pcap.h>
#include <wiretap/pcap-encap.h>

#include <algorithm>
#include <utility>

namespace espcap::source {
namespace {

constexpr int kSnapLength = 262144;    // libpcap's MAXIMUM_SNAPLEN
constexpr int kHighestLinkType = 511;  // above every LINKTYPE_ value that is assigned

struct PcapClose {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

// Link types whose stored pseudo-header wiretap takes off the packet's bytes: a filter compiled for
// them would look at the wrong offsets (wiretap/pcap-common.c, pcap_process_pseudo_header).
bool LosesPseudoHeader(int encapsulation) {
  switch (encapsulation) {
    case WTAP_ENCAP_ATM_PDUS:
    case WTAP_ENCAP_IRDA:
    case WTAP_ENCAP_MTP2_WITH_PHDR:
    case WTAP_ENCAP_LINUX_LAPD:
    case WTAP_ENCAP_SITA:
    case WTAP_ENCAP_BLUETOOTH_H4_WITH_PHDR:
    case WTAP_ENCAP_BLUETOOTH_LINUX_MONITOR:
    case WTAP_ENCAP_NFC_LLCP:
    case WTAP_ENCAP_PPP_WITH_PHDR:
    case WTAP_ENCAP_ERF:
    case WTAP_ENCAP_I2C_LINUX:
      return true;
    default:
      return false;
  }
}

// The pcap link type that wiretap reads as `encapsulation`; -1 where there is none.
int LinkTypeOf(int encapsulation) {
  if (LosesPseudoHeader(encapsulation)) return -1;
  if (encapsulation == WTAP_ENCAP_RAW_IP) return DLT_RAW;
  for (int link_type = 0; link_type <= kHighestLinkType; ++link_type) {
    if (wtap_pcap_encap_to_wtap_encap(link_type) == encapsulation) return link_type;
  }
  return -1;
}

}  // namespace

void CaptureFilter::FreeProgram::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

Result<CaptureFilter> CaptureFilter::Compile(const std::string& expression) {
  CaptureFilter filter(expression);
  auto program = filter.CompileFor(DLT_EN10MB);
  if (!program) return Forward(std::move(program));
  filter.by_encapsulation_.emplace(WTAP_ENCAP_ETHERNET, std::move(*program));
  return filter;
}

Result<CaptureFilter::Program> CaptureFilter::CompileFor(int link_type) const {
  const std::unique_ptr<pcap_t, PcapClose> handle(pcap_open_dead(link_type, kSnapLength));
  if (handle == nullptr) return Fail("--bpf '{}': out of memory", expression_);
  auto compiled = std::make_unique<bpf_program>();
  if (pcap_compile(handle.get(), compiled.get(), expression_.c_str(), 1, PCAP_NETMASK_UNKNOWN) !=
      0) {
    return Fail("--bpf '{}': {} (see pcap-filter(7))", expression_, pcap_geterr(handle.get()));
  }
  return Program(compiled.release());
}

Result<bool> CaptureFilter::Matches(const wireshark::Record& record) {
  if (record.rec().rec_type != REC_TYPE_PACKET) return false;
  const auto& header = record.rec().rec_header.packet_header;
  auto found = by_encapsulation_.find(header.pkt_encap);
  if (found == by_encapsulation_.end()) {
    const int link_type = LinkTypeOf(header.pkt_encap);
    if (link_type < 0) {
      return Fail("--bpf '{}': capture filters don't work on link type {}", expression_,
                  wtap_encap_description(header.pkt_encap));
    }
    auto program = CompileFor(link_type);
    if (!program) return Forward(std::move(program));
    found = by_encapsulation_.emplace(header.pkt_encap, std::move(*program)).first;
  }
  pcap_pkthdr packet{};
  packet.caplen = header.caplen;
  packet.len = header.len;
  return pcap_offline_filter(found->second.get(), &packet, record.start()) != 0;
}

}  // namespace espcap::source
